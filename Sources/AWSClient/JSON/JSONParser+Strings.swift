//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

extension JSONParser {
    mutating func parseString() throws(JSON.SyntaxError) -> String {
        index += 1
        var text: [UInt8] = []
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else { throw self.failure("string not in UTF-8") }
                index += 1
                return string
            case UInt8(ascii: "\\"):
                index += 1
                try parseEscape(into: &text)
            case 0..<0x20:
                throw self.failure("control character in a string")
            default:
                text.append(byte)
                index += 1
            }
        }
        throw self.failure("string not closed")
    }

    private mutating func parseEscape(into text: inout [UInt8]) throws(JSON.SyntaxError) {
        guard let byte = current else { throw failure("string not closed") }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text += String(try parseEscapedScalar()).utf8
        default: throw failure("unknown escape")
        }
    }

    private mutating func parseEscapedScalar() throws(JSON.SyntaxError) -> Unicode.Scalar {
        var value = try parseHex4()
        if 0xD800..<0xDC00 ~= value, bytes[index...].starts(with: "\\u".utf8) {
            index += 2
            let low = try parseHex4()
            guard 0xDC00..<0xE000 ~= low else { throw failure("lone surrogate") }
            value = 0x10000 + ((value - 0xD800) << 10) + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(value) else { throw failure("lone surrogate") }
        return scalar
    }

    private mutating func parseHex4() throws(JSON.SyntaxError) -> UInt32 {
        let end = index + 4
        guard end <= bytes.count else { throw failure("string not closed") }
        var value: UInt32 = 0
        for byte in bytes[index..<end] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else { throw failure("hexadecimal digit expected") }
            value = value << 4 | UInt32(digit)
        }
        index = end
        return value
    }
}
