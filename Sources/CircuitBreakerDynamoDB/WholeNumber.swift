//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// The whole part of a decimal number of any size, for the table holds what others wrote too.
struct WholeNumber {
    let isNegative: Bool
    // The greatest number if it is too large.
    let magnitude: UInt128

    init?(_ text: String) {
        var rest = text[...]
        isNegative = rest.first == "-"
        if isNegative { rest.removeFirst() }
        let parts = rest.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        let mantissa = parts[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let digits = String(mantissa.joined())
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        var exponent = 0
        if parts.count == 2 {
            guard let number = Int(parts[1]) else { return nil }
            exponent = number
        }
        let length = mantissa[0].count.addingSaturating(exponent)
        if length <= 0 || digits.allSatisfy({ $0 == "0" }) {
            magnitude = 0
        } else if length > 38 {
            magnitude = .max
        } else {
            magnitude = UInt128(digits.prefix(length) + String(repeating: "0", count: max(0, length - digits.count))) ?? .max
        }
    }
}
