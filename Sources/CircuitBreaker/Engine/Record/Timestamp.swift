//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// A point in time, as milliseconds since 1970-01-01T00:00:00Z.
///
/// All times in a circuit's record have this unit, as those of circuitbreaker-lambda do, so that every process and every language reads them alike.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Milliseconds since the epoch.
    public var milliseconds: Int64

    /// The epoch itself: also stands for "never" in a record.
    public static let zero = Timestamp(milliseconds: 0)

    /// Creates a point in time.
    /// - Parameter milliseconds: milliseconds since the epoch.
    @inlinable
    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Whether the first point is before the second.
    @inlinable
    public static func < (lhs: Self, rhs: Self) -> Bool {
        lhs.milliseconds < rhs.milliseconds
    }

    // Wrapping and clamping would both be wrong for a time that came from a foreign record, but neither may stop the process: saturate.
    package func adding(_ milliseconds: Int64) -> Timestamp {
        let (sum, overflow) = self.milliseconds.addingReportingOverflow(milliseconds)
        return Timestamp(milliseconds: overflow ? (milliseconds > 0 ? .max : .min) : sum)
    }

    // Milliseconds from an earlier point to this one, saturating.
    package func since(_ earlier: Timestamp) -> Int64 {
        let (difference, overflow) = milliseconds.subtractingReportingOverflow(earlier.milliseconds)
        return overflow ? (milliseconds > 0 ? .max : .min) : difference
    }
}

extension Timestamp: InstantProtocol {
    /// The point in time a duration later, to the millisecond.
    public func advanced(by duration: Duration) -> Timestamp {
        adding(duration.milliseconds)
    }

    /// The duration from this point to another.
    public func duration(to other: Timestamp) -> Duration {
        .milliseconds(other.since(self))
    }
}

extension Timestamp: CustomStringConvertible {
    /// The milliseconds since the epoch, as text.
    public var description: String { "\(milliseconds)" }
}

extension Duration {
    // Whole milliseconds, rounded up so that a positive duration never becomes none, saturating.
    package var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        if overflow { return seconds > 0 ? .max : .min }
        let unit: Int64 = 1_000_000_000_000_000
        let (sum, carry) = whole.addingReportingOverflow(attoseconds / unit + (attoseconds % unit > 0 ? 1 : 0))
        return carry ? .max : sum
    }

    // Seconds for people: "60", "0.25".
    package var secondsText: String {
        let whole = milliseconds
        return whole % 1000 == 0 ? "\(whole / 1000)" : "\(Double(whole) / 1000)"
    }
}
