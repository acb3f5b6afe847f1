//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

// Segments of a path that lead upwards, as any server may read them.
enum DotSegments {
    // Decoded as often as it can be; what separates segments, or a segment from its parameters, is a matter of taste among servers.
    static func lead(upIn path: String) -> Bool {
        let separators = Set(#"/\;"#.utf8)
        return decoded(path.utf8).split(whereSeparator: separators.contains).contains { segment in
            // Some leave out what cannot be seen.
            segment.filter { $0 > 0x20 && $0 != 0x7F }.elementsEqual("..".utf8)
        }
    }

    // In one pass: what an escape stands for may be a part of the next one.
    private static func decoded(_ bytes: String.UTF8View) -> [UInt8] {
        var result: [UInt8] = []
        for byte in bytes {
            result.append(byte)
            while let escape = escape(at: result.suffix(3)) {
                result.removeLast(3)
                result.append(escape)
            }
        }
        return result
    }

    private static func escape(at bytes: ArraySlice<UInt8>) -> UInt8? {
        guard bytes.count == 3, bytes.first == UInt8(ascii: "%") else { return nil }
        let digits = bytes.dropFirst().map { Character(Unicode.Scalar($0)).hexDigitValue }
        guard let high = digits[0], let low = digits[1] else { return nil }
        return UInt8(high * 16 + low)
    }
}
