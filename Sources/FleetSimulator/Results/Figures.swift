//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// A run in a few numbers.
public struct Figures: Codable, Hashable, Sendable {
    /// Calls that arrived.
    public var calls = 0
    /// Calls by how they ended.
    public var succeeded = 0
    /// Calls that failed.
    public var failed = 0
    /// Calls whose caller gave up, or that timed out.
    public var timedOut = 0
    /// Calls that the breaker rejected.
    public var rejected = 0
    /// Calls that found all environments busy.
    public var turnedAway = 0
    /// Calls in whose middle the environment died or was ended.
    public var died = 0
    /// Calls still under way when the run ended.
    public var unfinished = 0
    /// Of the rejected, those that a circuit rejected which had just recovered.
    public var rejectedByRamp = 0
    /// Calls that the downstream could have answered: of each second as many as arrived, or its capacity where that is less.
    public var answerable = 0
    /// The most calls of a second that failed or timed out.
    public var mostFailures = 0

    /// Calls that reached the downstream while it was down.
    public var callsWhileDown = 0
    /// What it costs by itself to learn of that from a record: the threshold, the calls that arrive within two round trips to the store, one of each environment that was busy at
    /// the onset, and the probes; nil: it was not down just once.
    public var callsToLearn: Int?
    /// The most probes at once.
    public var mostProbes = 0
    /// Of these, the most that environments made on their own, since they had lost the store.
    public var mostOwnProbes = 0
    /// Failed calls from the first onset to the first OPEN of the record, or of any environment if there is no record; nil: it never opened.
    public var failuresUntilTrip: Int?
    /// Milliseconds from the first onset to that.
    public var timeUntilTrip: Milliseconds?
    /// Milliseconds from the last recovery of the downstream until it was CLOSED fleet-wide: no call was rejected any more but by a ramp;
    /// nil: not before the run ended, or there was no outage.
    public var timeUntilClosed: Milliseconds?
    /// Milliseconds from the last recovery of the downstream until 99 of 100 calls were answered for good; nil: not five seconds before the run ended.
    public var timeUntilWell: Milliseconds?
    /// Milliseconds from the last recovery of the downstream until it can answer 99 of 100 of the calls that arrive since then; nil: not before the run ended.
    public var timeUntilAble: Milliseconds?
    /// Milliseconds that were left of the open time when the downstream recovered; nil: the record was not OPEN, or there is none.
    public var openTimeLeft: Milliseconds?
    /// The highest load of a second on the downstream after its last recovery, relative to its capacity; nil: there was no outage.
    public var highestLoad: Double?
    /// Changes to OPEN while nothing was wrong.
    public var falseTrips = 0
    /// Changes to OPEN in all.
    public var trips = 0

    /// Requests to the store for 1,000 calls before anything went wrong; nil: no calls.
    public var storeRequestsPer1000HealthyCalls: Double?
    /// Dollars at DynamoDB's list price for a million such calls.
    public var dollarsPerMillionHealthyCalls: Double?
    /// Of 1,000 such calls, those that waited for the store, before or after; nil: no calls.
    public var waitsPer1000HealthyCalls: Double?
    /// How long each of these waited on average, in milliseconds; nil: no calls.
    public var healthyWait: Double?
    /// All requests to the store.
    public var storeRequests = 0
    /// Of these, those that were throttled.
    public var storeThrottled = 0
    /// Writes whose condition did not hold; they cost as much as others.
    public var refusedWrites = 0
    /// The most requests to write of a second.
    public var mostWrites = 0
    /// The most write units of a second.
    public var mostWriteUnits = 0.0
    /// The most read units of a second.
    public var mostReadUnits = 0.0
    /// Dollars for all of the run's requests.
    public var dollars = 0.0
    /// Milliseconds that the store kept calls waiting, on average over all calls.
    public var storeDelayPerCall = 0.0
    /// The most environments at once.
    public var mostEnvironments = 0
}
