//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

extension String {
    /// Appends `text` as a JSON string, quotes included.
    mutating func appendJSON(_ text: String) {
        self += "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { self += "\\" }
            self.appendEscaped(scalar)
        }
        self += "\""
    }

    /// Appends `text` on one line: control characters as JSON writes them, the rest as it is.
    mutating func appendEscaped(_ text: String) {
        for scalar in text.unicodeScalars { self.appendEscaped(scalar) }
    }

    private mutating func appendEscaped(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\n": self += "\\n"
        case "\r": self += "\\r"
        case "\t": self += "\\t"
        case "\0"..<" ", "\u{7f}":
            let hex = String(scalar.value, radix: 16)
            self += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
        default: self.unicodeScalars.append(scalar)
        }
    }
}
