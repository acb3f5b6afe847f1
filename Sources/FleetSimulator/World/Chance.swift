//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// Each question of chance has a stream of its own, so that two algorithms meet the same luck however differently they ask.
enum Chance {
    enum Stream: UInt64 {
        case arrivals = 1, calls, store, environments
    }

    static func stream(_ stream: Stream, of seed: UInt64) -> SplitMix64 {
        var mixer = SplitMix64(seed: seed ^ stream.rawValue &* 0xD1B5_4A32_D192_ED03)
        return SplitMix64(seed: mixer.next())
    }

    // The luck of one call: the same whoever makes it.
    static func call(_ number: Int, of seed: UInt64) -> SplitMix64 {
        var mixer = SplitMix64(seed: seed &+ UInt64(truncatingIfNeeded: number) &* 0xA24B_AED4_963E_E407)
        return SplitMix64(seed: mixer.next())
    }
}

extension SplitMix64 {
    // How many of many independent, rare events happen when so many are expected.
    mutating func poisson(_ expected: Double) -> Int {
        var rest = expected
        var count = 0
        // Large numbers in parts: the product below must not become too small to compare.
        while rest > 0 {
            let part = min(rest, 16)
            rest -= part
            let limit = Self.inverseExponential(part)
            var product = unit()
            while product > limit {
                count += 1
                product *= unit()
            }
        }
        return count
    }

    mutating func below(_ count: Int) -> Int {
        Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(count)).high)
    }

    // exp(-x) by its series, and not by a system's library, so that every system gives the same bytes.
    static func inverseExponential(_ x: Double) -> Double {
        let small = x / 1024
        var term = 1.0
        var sum = 1.0
        for n in 1...12 {
            term *= -small / Double(n)
            sum += term
        }
        for _ in 0..<10 { sum *= sum }
        return sum
    }
}
