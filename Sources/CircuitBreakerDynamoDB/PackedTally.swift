//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// The three counts of a bucket as one number: nine digits of failures, nine of slow calls, and all others of successes.
//
// Adding the numbers adds the counts; one attribute in place of three leaves room for the epoch in its name.
enum PackedTally {
    private static let width: UInt128 = 1_000_000_000

    // What one report can add is kept so small that only a billion in one bucket could run into the next count.
    private static let most = 99_999_999

    static func number(_ tally: CircuitWindow.Tally) -> UInt128 {
        let counts = [tally.successes, tally.slowCalls, tally.failures]
        return counts.reduce(0) { $0 * width + UInt128(min(max($1, 0), most)) }
    }

    static func tally(_ number: WholeNumber) -> CircuitWindow.Tally {
        guard !number.isNegative else { return CircuitWindow.Tally() }
        let rest = number.magnitude / width
        return CircuitWindow.Tally(
            failures: Int(number.magnitude % width),
            slowCalls: Int(rest % width),
            successes: Int(clamping: rest / width)
        )
    }
}
