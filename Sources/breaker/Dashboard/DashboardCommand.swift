//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker
import SafeText
import UnreliableService

// What the page may ask for. A body that is not exactly that is refused, with the field, its value and what is allowed.
enum DashboardCommand: Hashable, Sendable {
    case downstream(mode: UnreliableDependency.Behavior.Mode?, successPercent: Int?, latencyMilliseconds: Int?)
    case load(callsPerSecond: Int)
    case burst(calls: Int)
    case order(CircuitOrder.Kind, seconds: Int?, why: String)
    case lift
    case reset(why: String)

    static let names = ["downstream", "load", "burst", "order", "lift", "reset"]
    static let largestBurst = 500

    init(_ name: String, body: [UInt8]) throws(Refusal) {
        let json: JSON
        do throws(JSON.SyntaxError) {
            json = try JSON(parsing: body)
        } catch {
            throw Refusal(status: 400, message: "the body is not JSON: \(error)")
        }
        var fields = try Fields(json)
        switch name {
        case "downstream":
            let mode = try fields.choice("mode", of: UnreliableDependency.Behavior.Mode.self)
            let percent = try fields.integer("successPercent", in: 0...100)
            let latency = try fields.integer("latencyMilliseconds", in: 0...60_000)
            guard mode != nil || percent != nil || latency != nil else {
                throw Refusal(status: 400, message: "the body is {}, but must have mode, successPercent or latencyMilliseconds")
            }
            self = .downstream(mode: mode, successPercent: percent, latencyMilliseconds: latency)
        case "load":
            self = .load(callsPerSecond: try fields.required("callsPerSecond", in: 0...LoadSchedule.most))
        case "burst":
            self = .burst(calls: try fields.required("calls", in: 1...Self.largestBurst))
        case "order":
            guard let kind = try fields.choice("kind", of: CircuitOrder.Kind.self) else {
                throw .bad("kind", nil, Fields.list(CircuitOrder.Kind.self))
            }
            let seconds = try fields.integer("seconds", in: 1...86400)
            self = .order(kind, seconds: seconds, why: try fields.text("why", atMost: CircuitOrder.longestText))
        case "lift":
            self = .lift
        case "reset":
            self = .reset(why: try fields.text("why", atMost: CircuitOrder.longestText))
        default:
            throw Refusal(status: 404, message: "there is no /dashboard/\(name.prefix(40)); there are \(Self.names.joined(separator: ", "))")
        }
        try fields.checkEmpty()
    }
}

// The members of an object, taken out one by one.
private struct Fields {
    private var members: [String: JSON]

    init(_ json: JSON) throws(Refusal) {
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

    mutating func text(_ name: String, atMost most: Int) throws(Refusal) -> String {
        guard let value = take(name) else { return "" }
        guard let text = value.string, text.unicodeScalars.count <= most, !text.unicodeScalars.contains(where: \.isControl) else {
            throw .bad(name, value, "a text of at most \(most) characters, on one line and without control characters")
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
