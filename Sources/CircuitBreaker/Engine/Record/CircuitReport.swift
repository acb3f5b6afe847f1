//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// What one environment counted since its last report, to be added to the window of a circuit that is still CLOSED in the same epoch.
public struct CircuitReport: Hashable, Sendable {
    /// What happens to the count of failures since the last success.
    public enum StreakChange: Hashable, Sendable {
        /// Failures were added, none of them after a success.
        case add(Int)
        /// There was a success; this many failures came after it.
        case restart(Int)
    }

    /// What foreign writers see of the failures of this library's environments, in `failureCount`.
    public enum Showing: Hashable, Sendable {
        /// What they see stays.
        case unchanged
        /// So many failures are added.
        case add(Int)
        /// The count is set; this many of it are failures of this library's environments.
        case set(count: Int, own: Int)
    }

    /// The epoch in which the calls were admitted.
    public var epoch: Epoch
    /// What is added, by slice of time.
    public var buckets: [CircuitWindow.Bucket]
    /// What happens to the count of failures since the last success.
    public var streak: StreakChange
    /// What foreign writers see of the failures.
    public var showing: Showing
    /// When the last failure of this report happened; nil if it has none.
    public var lastFailure: Timestamp?
    /// Whether `lastFailureTime` stays, since it tells how old a foreign writer's failures are.
    public var keepsLastFailureTime = false
    /// What it was; nil if the report has none.
    public var lastError: Evidence.LastError?
    /// Slices of the window that begin before this may be forgotten.
    public var keepFrom: Timestamp
    /// When the store may forget the record; nil: never.
    public var expiresAt: Timestamp?

    /// Creates a report.
    public init(
        epoch: Epoch,
        buckets: [CircuitWindow.Bucket],
        streak: StreakChange = .add(0),
        showing: Showing = .unchanged,
        lastFailure: Timestamp? = nil,
        keepFrom: Timestamp = .zero,
        expiresAt: Timestamp? = nil
    ) {
        self.epoch = epoch
        self.buckets = buckets
        self.streak = streak
        self.showing = showing
        self.lastFailure = lastFailure
        self.keepFrom = keepFrom
        self.expiresAt = expiresAt
    }
}

/// What became of a report.
public enum ReportResult: Hashable, Sendable {
    /// It was added: the record after it.
    case accepted(CircuitRecord)
    /// It was not, since the circuit is no longer CLOSED in that epoch: the record that refused it, or nil if there is none.
    case refused(CircuitRecord?)
}
