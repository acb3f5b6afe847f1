//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

extension JSON {
    /// Why a text is not JSON, and where.
    public struct SyntaxError: Error, Sendable, Hashable, CustomStringConvertible {
        /// What was wrong.
        public let reason: String
        /// How many bytes into the text.
        public let offset: Int
        /// The reason and the offset; never a part of the text.
        public var description: String { "\(reason) at byte \(offset)" }
    }

    /// Reads one JSON value in UTF-8, and nothing after it but white space.
    ///
    /// - Parameter bytes: The whole text. Values nested more than 128 deep are refused.
    /// - Throws: ``SyntaxError`` for anything that is not JSON as RFC 8259 has it, a lone surrogate included.
    public init(parsing bytes: [UInt8]) throws(SyntaxError) {
        var parser = JSONParser(bytes: bytes)
        self = try parser.parseDocument()
    }
}

struct JSONParser {
    static let maximumDepth = 128

    let bytes: [UInt8]
    var index = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func parseDocument() throws(JSON.SyntaxError) -> JSON {
        let value = try parseValue(depth: 0)
        skipWhitespace()
        guard index == bytes.count else { throw failure("unexpected text after the value") }
        return value
    }

    var current: UInt8? { index < bytes.count ? bytes[index] : nil }

    func failure(_ reason: String) -> JSON.SyntaxError {
        JSON.SyntaxError(reason: reason, offset: index)
    }

    private mutating func skipWhitespace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
    }

    private mutating func skip(_ byte: UInt8) -> Bool {
        skipWhitespace()
        guard current == byte else { return false }
        index += 1
        return true
    }

    private mutating func parseValue(depth: Int) throws(JSON.SyntaxError) -> JSON {
        guard depth < Self.maximumDepth else { throw failure("nested too deeply") }
        skipWhitespace()
        switch current {
        case UInt8(ascii: "{"): return try self.parseObject(depth: depth)
        case UInt8(ascii: "["): return try self.parseArray(depth: depth)
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "t"): return try self.parseWord("true", .bool(true))
        case UInt8(ascii: "f"): return try self.parseWord("false", .bool(false))
        case UInt8(ascii: "n"): return try self.parseWord("null", .null)
        default: return .number(try parseNumber())
        }
    }

    private mutating func parseWord(_ word: StaticString, _ value: JSON) throws(JSON.SyntaxError) -> JSON {
        let end = index + word.utf8CodeUnitCount
        guard end <= bytes.count, bytes[index..<end].elementsEqual(word.description.utf8) else {
            throw failure("unknown word")
        }
        index = end
        return value
    }

    private mutating func parseArray(depth: Int) throws(JSON.SyntaxError) -> JSON {
        index += 1
        var elements: [JSON] = []
        if skip(UInt8(ascii: "]")) { return .array(elements) }
        repeat {
            elements.append(try self.parseValue(depth: depth + 1))
        } while skip(UInt8(ascii: ","))
        guard skip(UInt8(ascii: "]")) else { throw failure("array not closed") }
        return .array(elements)
    }

    private mutating func parseObject(depth: Int) throws(JSON.SyntaxError) -> JSON {
        index += 1
        var members: [String: JSON] = [:]
        if skip(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            skipWhitespace()
            guard current == UInt8(ascii: "\"") else { throw failure("object key expected") }
            let key = try parseString()
            guard skip(UInt8(ascii: ":")) else { throw failure("colon expected") }
            members[key] = try self.parseValue(depth: depth + 1)
        } while skip(UInt8(ascii: ","))
        guard skip(UInt8(ascii: "}")) else { throw self.failure("object not closed") }
        return .object(members)
    }

    private mutating func parseNumber() throws(JSON.SyntaxError) -> JSON.Number {
        let start = index
        if current == UInt8(ascii: "-") { index += 1 }
        if current == UInt8(ascii: "0") { index += 1 } else { try skipDigits() }
        if current == UInt8(ascii: ".") {
            index += 1
            try skipDigits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            index += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { index += 1 }
            try skipDigits()
        }
        return JSON.Number(verified: String(decoding: bytes[start..<index], as: UTF8.self))
    }

    private mutating func skipDigits() throws(JSON.SyntaxError) {
        let start = index
        while let byte = current, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { index += 1 }
        guard index > start else { throw failure("value expected") }
    }
}
