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
        public var description: String { "\(self.reason) at byte \(self.offset)" }
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
        let value = try self.parseValue(depth: 0)
        self.skipWhitespace()
        guard self.index == self.bytes.count else { throw self.failure("unexpected text after the value") }
        return value
    }

    var current: UInt8? { self.index < self.bytes.count ? self.bytes[self.index] : nil }

    func failure(_ reason: String) -> JSON.SyntaxError {
        JSON.SyntaxError(reason: reason, offset: self.index)
    }

    private mutating func skipWhitespace() {
        while let byte = self.current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { self.index += 1 }
    }

    private mutating func skip(_ byte: UInt8) -> Bool {
        self.skipWhitespace()
        guard self.current == byte else { return false }
        self.index += 1
        return true
    }

    private mutating func parseValue(depth: Int) throws(JSON.SyntaxError) -> JSON {
        guard depth < Self.maximumDepth else { throw self.failure("nested too deeply") }
        self.skipWhitespace()
        switch self.current {
        case UInt8(ascii: "{"): return try self.parseObject(depth: depth)
        case UInt8(ascii: "["): return try self.parseArray(depth: depth)
        case UInt8(ascii: "\""): return .string(try self.parseString())
        case UInt8(ascii: "t"): return try self.parseWord("true", .bool(true))
        case UInt8(ascii: "f"): return try self.parseWord("false", .bool(false))
        case UInt8(ascii: "n"): return try self.parseWord("null", .null)
        default: return .number(try self.parseNumber())
        }
    }

    private mutating func parseWord(_ word: StaticString, _ value: JSON) throws(JSON.SyntaxError) -> JSON {
        let end = self.index + word.utf8CodeUnitCount
        guard end <= self.bytes.count, self.bytes[self.index..<end].elementsEqual(word.description.utf8) else {
            throw self.failure("unknown word")
        }
        self.index = end
        return value
    }

    private mutating func parseArray(depth: Int) throws(JSON.SyntaxError) -> JSON {
        self.index += 1
        var elements: [JSON] = []
        if self.skip(UInt8(ascii: "]")) { return .array(elements) }
        repeat {
            elements.append(try self.parseValue(depth: depth + 1))
        } while self.skip(UInt8(ascii: ","))
        guard self.skip(UInt8(ascii: "]")) else { throw self.failure("array not closed") }
        return .array(elements)
    }

    private mutating func parseObject(depth: Int) throws(JSON.SyntaxError) -> JSON {
        self.index += 1
        var members: [String: JSON] = [:]
        if self.skip(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            self.skipWhitespace()
            guard self.current == UInt8(ascii: "\"") else { throw self.failure("object key expected") }
            let key = try self.parseString()
            guard self.skip(UInt8(ascii: ":")) else { throw self.failure("colon expected") }
            members[key] = try self.parseValue(depth: depth + 1)
        } while self.skip(UInt8(ascii: ","))
        guard self.skip(UInt8(ascii: "}")) else { throw self.failure("object not closed") }
        return .object(members)
    }

    private mutating func parseNumber() throws(JSON.SyntaxError) -> JSON.Number {
        let start = self.index
        if self.current == UInt8(ascii: "-") { self.index += 1 }
        if self.current == UInt8(ascii: "0") { self.index += 1 } else { try self.skipDigits() }
        if self.current == UInt8(ascii: ".") {
            self.index += 1
            try self.skipDigits()
        }
        if self.current == UInt8(ascii: "e") || self.current == UInt8(ascii: "E") {
            self.index += 1
            if self.current == UInt8(ascii: "+") || self.current == UInt8(ascii: "-") { self.index += 1 }
            try self.skipDigits()
        }
        return JSON.Number(verified: String(decoding: self.bytes[start..<self.index], as: UTF8.self))
    }

    private mutating func skipDigits() throws(JSON.SyntaxError) {
        let start = self.index
        while let byte = self.current, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { self.index += 1 }
        guard self.index > start else { throw self.failure("value expected") }
    }
}
