//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// What happened in one virtual second.
public struct Second: Codable, Hashable, Sendable {
    /// Which second, from 0.
    public var second = 0
    /// Calls that arrived.
    public var arrived = 0
    /// Calls that were answered.
    public var succeeded = 0
    /// Calls that failed.
    public var failed = 0
    /// Calls whose caller gave up, or that timed out.
    public var timedOut = 0
    /// Calls that the breaker rejected, so that the caller had its fallback at once.
    public var rejected = 0
    /// Of these, those that were rejected since the circuit had just recovered and admits a growing share.
    public var rejectedByRamp = 0
    /// Calls that found all environments busy.
    public var turnedAway = 0
    /// Calls in whose middle the environment died or was ended.
    public var died = 0

    /// Calls that reached the downstream.
    public var load = 0
    /// Calls that it could have answered.
    public var capacity = 0.0
    /// How long calls waited in its queue at the second's end, in milliseconds.
    public var downstreamWait = 0.0
    /// The most probes that ran at once.
    public var probes = 0

    /// Requests to read that reached the store.
    public var reads = 0
    /// Requests to write that reached the store.
    public var writes = 0
    /// Calls that the record's window counts at the second's end, by what was reported; 0 if the algorithm's record has no window.
    public var countedCalls = 0
    /// Of these, those that failed.
    public var countedFailures = 0
    /// Of both, those that the store throttled.
    public var throttled = 0
    /// Of the writes, those whose condition did not hold.
    public var refusedWrites = 0
    /// Requests to the store that failed otherwise, or were not answered in time.
    public var storeFailures = 0
    /// Read units used.
    public var readUnits = 0.0
    /// Write units used.
    public var writeUnits = 0.0

    /// Environments that ran at the second's end.
    public var environments = 0
    /// Of these, those that took the circuit for CLOSED.
    public var seeClosed = 0
    /// Of these, those that took it for OPEN.
    public var seeOpen = 0
    /// Of these, those that took it for HALF-OPEN.
    public var seeHalfOpen = 0
    /// The shared record's state, if there is one.
    public var record: Belief = .unknown
}

extension Second {
    /// Calls that were not answered, for whatever reason.
    package var bad: Int { failed + timedOut + rejected + turnedAway + died }
}

/// What a circuit's state is taken for.
public enum Belief: String, Codable, Hashable, Sendable, CaseIterable {
    /// Nobody has said yet.
    case unknown
    /// Calls pass.
    case closed = "CLOSED"
    /// Calls are rejected.
    case open = "OPEN"
    /// Probes pass.
    case halfOpen = "HALF-OPEN"
}
