//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

extension Unicode.Scalar {
    /// White space as Python has it, which counts the four information separators too.
    var isSpace: Bool { properties.isWhitespace || 0x1C...0x1F ~= value }
}

extension Substring.UnicodeScalarView {
    /// Without white space at its ends.
    var trimmed: Substring.UnicodeScalarView {
        var text = drop { $0.isSpace }
        while text.last?.isSpace == true { text.removeLast() }
        return text
    }
}
