//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#elseif canImport(Glibc)
    import Glibc
#endif

// How long things take. A wall clock that is set meanwhile does not matter; any other clock is taken at its word.
struct Stopwatch: Sendable {
    private let clock: any CircuitClock
    private let isWallClock: Bool

    init(_ clock: any CircuitClock) {
        self.clock = clock
        isWallClock = clock is WallClock
    }

    var nanoseconds: Int64 {
        if !isWallClock { return clock.now.milliseconds.multipliedSaturating(by: 1_000_000) }
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
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
