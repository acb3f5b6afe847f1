//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import NIOCore

// Header fields may have any byte above 127, and strings may not: one that is no part of UTF-8 becomes a character of private use, and one again when sent.
package enum FieldBytes {
    private static let firstScalar: UInt32 = 0xF700

    // Of a line, or of several.
    static func encoded(_ bytes: ByteBufferView) -> [UInt8] {
        guard bytes.contains(where: { $0 >= 0x80 }) else { return Array(bytes) }
        var result: [UInt8] = []
        var rest = bytes[...]
        while let byte = rest.first {
            if let character = firstCharacter(of: rest), scalarByte(character) == nil {
                result += rest.prefix(UTF8.width(character))
                rest = rest.dropFirst(UTF8.width(character))
            } else {
                // Those very characters too, so that nothing is taken for what it is not.
                result += Array(String(Unicode.Scalar(firstScalar + UInt32(byte)).map { Character($0) } ?? "?").utf8)
                rest = rest.dropFirst()
            }
        }
        return result
    }

    static func decoded(_ bytes: ByteBufferView) -> [UInt8] {
        guard bytes.contains(0xEF) else { return Array(bytes) }
        return String(decoding: bytes, as: UTF8.self).unicodeScalars.flatMap { scalar in
            scalarByte(scalar).map { [$0] } ?? Array(UTF8.encode(scalar) ?? .init())
        }
    }

    // Of text that was never bytes.
    package static func encoded(_ text: String) -> String {
        String(decoding: encoded(ByteBuffer(string: text).readableBytesView), as: UTF8.self)
    }

    // As the characters that they are in ISO 8859-1, for those who take text alone.
    package static func readable(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { result.append(scalarByte(scalar).map(Unicode.Scalar.init) ?? scalar) }
        return String(result)
    }

    private static func scalarByte(_ scalar: Unicode.Scalar) -> UInt8? {
        (firstScalar + 0x80...firstScalar + 0xFF).contains(scalar.value) ? UInt8(scalar.value - firstScalar) : nil
    }

    private static func firstCharacter(of bytes: ByteBufferView.SubSequence) -> Unicode.Scalar? {
        var decoder = UTF8()
        var iterator = bytes.prefix(4).makeIterator()
        if case .scalarValue(let scalar) = decoder.decode(&iterator) { return scalar }
        return nil
    }
}
