//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// How long things take. A clock that is set meanwhile does not matter.
struct Stopwatch: Sendable {
    private let clock: any CircuitClock
    private let isWallClock: Bool

    init(_ clock: any CircuitClock) {
        self.clock = clock
        isWallClock = clock is WallClock
    }

    // Never 0, which stands for what is not measured.
    var nanoseconds: Int64 {
        isWallClock ? WallClock.monotonicNanoseconds : max(0, clock.uptime.milliseconds).multipliedSaturating(by: 1_000_000) | 1
    }

    func milliseconds(since start: Int64) -> Int64 {
        (nanoseconds - start) / 1_000_000
    }

    func duration(since start: Int64) -> Duration {
        .nanoseconds(max(0, nanoseconds - start))
    }
}

extension Int64 {
    func multipliedSaturating(by other: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? ((self < 0) == (other < 0) ? .max : .min) : product
    }
}
