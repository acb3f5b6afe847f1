//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Wall-clock time in milliseconds since the Unix epoch, which is how Lambda states deadlines.
public struct LambdaClock: Clock {
    /// A moment in milliseconds since the Unix epoch.
    public struct Instant: InstantProtocol, CustomStringConvertible {
        private let milliseconds: Int64

        /// Creates the instant that lies `milliseconds` after the Unix epoch.
        public init(millisecondsSinceEpoch milliseconds: Int64) {
            self.milliseconds = milliseconds
        }

        /// The milliseconds since the Unix epoch.
        public func millisecondsSinceEpoch() -> Int64 { milliseconds }

        /// The instant `duration` later, in whole milliseconds; beyond the range of `Int64` it stays at the end.
        public func advanced(by duration: Duration) -> Instant {
            let sum = Duration.milliseconds(milliseconds) + duration
            return Instant(millisecondsSinceEpoch: Int64(clamping: sum.attoseconds / 1_000_000_000_000_000))
        }

        /// The time from this instant to `other`; negative if `other` is earlier.
        public func duration(to other: Instant) -> Duration {
            // Durations are wide enough for any two instants; their difference in Int64 is not.
            .milliseconds(other.milliseconds) - .milliseconds(milliseconds)
        }

        /// Whether `lhs` is earlier than `rhs`.
        public static func < (lhs: Instant, rhs: Instant) -> Bool { lhs.milliseconds < rhs.milliseconds }

        /// The milliseconds since the Unix epoch, in decimal.
        public var description: String { String(milliseconds) }
    }

    /// Creates a clock; all of them show the same time.
    public init() {}

    /// The time now.
    public var now: Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(millisecondsSinceEpoch: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// One millisecond.
    public var minimumResolution: Duration { .milliseconds(1) }

    /// Waits until `deadline`.
    ///
    /// - Throws: `CancellationError` if the task is cancelled meanwhile.
    public func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
        try await Task.sleep(for: now.duration(to: deadline), tolerance: tolerance, clock: .continuous)
    }
}
