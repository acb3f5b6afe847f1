//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import SafeText

// The members of a command's body, taken out one by one.
struct Fields {
    private var members: [String: JSON]

    init(_ body: [UInt8]) throws(Refusal) {
        let json: JSON
        do throws(JSON.SyntaxError) {
            json = try JSON(parsing: body)
        } catch {
            throw Refusal(status: 400, message: "the body is not JSON: \(error)")
        }
        guard let members = json.object else { throw .bad("the body", json, "a JSON object") }
        self.members = members
    }

    static func list<Choice: CaseIterable & RawRepresentable<String>>(_ type: Choice.Type) -> String {
        "one of " + type.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
    }

    mutating func choice<Choice: CaseIterable & RawRepresentable<String>>(_ name: String, of type: Choice.Type) throws(Refusal) -> Choice? {
        guard let value = take(name) else { return nil }
        guard let choice = value.string.flatMap(Choice.init(rawValue:)) else { throw .bad(name, value, Self.list(type)) }
        return choice
    }

    mutating func integer(_ name: String, in range: ClosedRange<Int>) throws(Refusal) -> Int? {
        guard let value = take(name) else { return nil }
        guard let number = value.integer.flatMap({ Int(exactly: $0) }), range.contains(number) else {
            throw .bad(name, value, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    mutating func required(_ name: String, in range: ClosedRange<Int>) throws(Refusal) -> Int {
        guard let number = try integer(name, in: range) else {
            throw .bad(name, nil, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    mutating func flag(_ name: String) throws(Refusal) -> Bool {
        guard let value = take(name) else { return false }
        guard case .bool(let flag) = value else { throw .bad(name, value, "true or false") }
        return flag
    }

    mutating func text(_ name: String, atMost most: Int) throws(Refusal) -> String {
        guard let value = take(name) else { return "" }
        guard let text = value.string, text.utf8.count <= most, !text.unicodeScalars.contains(where: \.isControl) else {
            throw .bad(name, value, "a text of at most \(most) bytes of UTF-8, on one line and without control characters")
        }
        return text
    }

    func checkEmpty() throws(Refusal) {
        if let name = members.keys.sorted().first { throw Refusal(status: 400, message: "\(name.prefix(40)) is not a field here") }
    }

    // Null is as good as missing.
    private mutating func take(_ name: String) -> JSON? {
        let value = members.removeValue(forKey: name)
        return value == .null ? nil : value
    }
}
