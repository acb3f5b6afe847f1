//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

extension Unicode.Scalar {
    // Whether it moves the cursor, ends a line, turns the text around or starts a command of a terminal instead of being seen.
    package var isControl: Bool {
        switch value {
        // C0, DEL and C1; the line and paragraph separators.
        case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029: true
        // Bidirectional: marks, embeddings and overrides, isolates.
        case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}

extension String {
    // Appends `text` with its control characters as JSON escapes them; with `keepingNewlines`, lines stay lines.
    package mutating func appendEscaped(_ text: some StringProtocol, keepingNewlines: Bool = false) {
        for scalar in text.unicodeScalars {
            if keepingNewlines && scalar == "\n" { unicodeScalars.append(scalar) } else { appendEscaped(scalar) }
        }
    }

    package mutating func appendEscaped(_ scalar: Unicode.Scalar) {
        guard scalar.isControl else { return unicodeScalars.append(scalar) }
        switch scalar {
        case "\n": self += "\\n"
        case "\r": self += "\\r"
        case "\t": self += "\\t"
        default:
            let hex = String(scalar.value, radix: 16)
            self += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
        }
    }
}

extension StringProtocol {
    package var escaped: String {
        var text = ""
        text.appendEscaped(self)
        return text
    }

    // At most 200 bytes of it in one line, escaped: for a message about a text that may hold anything.
    package var printable: String { String(self).shortened(toBytes: 200).escaped }
}

extension String {
    // As much of a text as has room in so many bytes of UTF-8, cut between two scalars.
    package func shortened(toBytes most: Int) -> String {
        guard utf8.count > most else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: most)
        while utf8[end] & 0b1100_0000 == 0b1000_0000 { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}
