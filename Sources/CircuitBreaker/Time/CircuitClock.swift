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

/// A clock whose instants mean the same in every process: milliseconds since the epoch.
///
/// A breaker takes all its times from one. Use ``WallClock``, or `ManualClock` of CircuitBreakerTesting in tests.
public protocol CircuitClock: Clock<Duration>, Sendable where Instant == Timestamp {
    /// Time that has passed since some moment; setting the clock does not change it. Limits are measured by it.
    var uptime: Duration { get }

    /// Waits until so much time has passed since that same moment; setting the clock does not change how long.
    ///
    /// A clock that has no such sleep of its own may return early.
    /// - Parameter deadline: the ``uptime`` at which to go on.
    /// - Throws: `CancellationError` when the task is cancelled.
    func sleep(untilUptime deadline: Duration) async throws
}

extension CircuitClock {
    /// By what the clock shows, for one that is never set.
    public var uptime: Duration { .milliseconds(now.milliseconds) }

    /// By what the clock shows, for one that is not set meanwhile.
    public func sleep(untilUptime deadline: Duration) async throws {
        // In this order: time that passes in between makes the sleep end early, not late.
        let now = now
        let left = deadline - uptime
        if left > .zero { try await sleep(until: now.advanced(by: left), tolerance: nil) }
    }
}

/// The system's wall clock.
public struct WallClock: CircuitClock {
    /// Creates the clock.
    public init() {}

    /// The time, to the millisecond.
    public var now: Timestamp {
        Self.read(CLOCK_REALTIME)
    }

    /// Time by the system's monotonic clock.
    public var uptime: Duration { .nanoseconds(Self.monotonicNanoseconds) }

    /// Waits by the system's monotonic clock.
    public func sleep(untilUptime deadline: Duration) async throws {
        try await Task.sleep(for: deadline - uptime)
    }

    /// One millisecond.
    public var minimumResolution: Duration { .milliseconds(1) }

    /// Waits until a point in time; a wall clock that is set meanwhile does not change how long.
    /// - Parameters:
    ///   - deadline: when to go on.
    ///   - tolerance: how much later is fine.
    /// - Throws: `CancellationError` when the task is cancelled.
    public func sleep(until deadline: Timestamp, tolerance: Duration?) async throws {
        try await Task.sleep(for: now.duration(to: deadline), tolerance: tolerance)
    }

    // The kernel's last tick: up to a few milliseconds old, at a tenth of the price.
    @usableFromInline
    static func coarseNow() -> Int64 {
        #if os(Linux)
            read(CLOCK_REALTIME_COARSE).milliseconds
        #else
            read(CLOCK_REALTIME).milliseconds
        #endif
    }

    static var monotonicNanoseconds: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }

    private static func read(_ clock: clockid_t) -> Timestamp {
        var time = timespec()
        clock_gettime(clock, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
