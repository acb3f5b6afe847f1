//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Synchronization

extension CircuitBreaker {
    /// How calls ended in this environment, since the breaker was created.
    public struct Counts: Hashable, Sendable {
        /// Calls that succeeded, slow ones included.
        public var succeeded = 0
        /// Calls that succeeded but were slow by the policy.
        public var slow = 0
        /// Calls that failed, those that timed out not included.
        public var failed = 0
        /// Calls that timed out.
        public var timedOut = 0
        /// Calls that were admitted and say nothing of the dependency: cancelled ones, and results that were judged so.
        public var returnedUnused = 0
        /// Calls that were rejected.
        public var rejected = 0
        /// Of all admitted calls, those that were probes.
        public var probes = 0
        /// Calls that an order to observe let pass.
        public var wouldReject = 0
        /// Changes of the circuit's state that this environment made for the fleet.
        public var changesOfState = 0
        /// Of these, those to CLOSED: more than one within an hour is flapping.
        public var closings = 0
        /// Orders, and ends of orders, that this environment announced for the fleet.
        public var announcedOrders = 0
        /// Outcomes that came too late for their epoch, and were dropped.
        public var staleOutcomes = 0
        /// Outcomes that were given up, since it is unknown whether the store has them.
        public var uncertainOutcomes = 0
        /// Outcomes of probes that did not reach the store.
        public var lostProbeOutcomes = 0
        /// Permits that were dropped without being finished: a mistake in the calling code.
        public var forgottenPermits = 0
        /// Events that were dropped because a listener was too slow.
        public var droppedEvents = 0
        /// Requests to the store.
        public var storeRequests = 0
        /// Of these, those that failed.
        public var storeFailures = 0
        /// How long calls waited for the store, in milliseconds, all requests together.
        public var storeMilliseconds = 0

        /// Creates counts of zero.
        public init() {}

        /// Adds what another environment counted.
        public static func += (sum: inout Self, other: Self) {
            sum.succeeded += other.succeeded
            sum.slow += other.slow
            sum.failed += other.failed
            sum.timedOut += other.timedOut
            sum.returnedUnused += other.returnedUnused
            sum.rejected += other.rejected
            sum.probes += other.probes
            sum.wouldReject += other.wouldReject
            sum.changesOfState += other.changesOfState
            sum.closings += other.closings
            sum.announcedOrders += other.announcedOrders
            sum.staleOutcomes += other.staleOutcomes
            sum.uncertainOutcomes += other.uncertainOutcomes
            sum.lostProbeOutcomes += other.lostProbeOutcomes
            sum.forgottenPermits += other.forgottenPermits
            sum.droppedEvents += other.droppedEvents
            sum.storeRequests += other.storeRequests
            sum.storeFailures += other.storeFailures
            sum.storeMilliseconds += other.storeMilliseconds
        }

        /// All calls that were admitted and have ended.
        public var ended: Int { succeeded + failed + timedOut + returnedUnused }
    }
}

extension CircuitBreaker.Counts {
    mutating func add(_ event: CircuitEvent) {
        switch event {
        case .succeeded(_, let isSlow):
            succeeded += 1
            if isSlow { slow += 1 }
        case .failed: failed += 1
        case .timedOut: timedOut += 1
        case .returnedUnused: returnedUnused += 1
        default: break
        }
    }

    mutating func add(_ notice: Notice) {
        switch notice {
        case .staleOutcome: staleOutcomes += 1
        case .uncertainReport(let calls): uncertainOutcomes += calls
        case .outcomeLost: lostProbeOutcomes += 1
        case .wouldReject: wouldReject += 1
        case .stateChanged(_, let to, _, _, let isOwn):
            if isOwn { changesOfState += 1 }
            if isOwn, to == .closed { closings += 1 }
        case .orderChanged(_, _, let isOwn): if isOwn { announcedOrders += 1 }
        case .ownStateChanged, .storeLost, .storeBack: break
        }
    }
}

extension CircuitBreaker {
    /// How calls ended so far.
    public var counts: Counts {
        state.withLock { state in
            var counts = state.counts
            counts.succeeded += pass.successes
            counts.rejected += pass.rejections
            counts.droppedEvents += listeners.own.droppedEvents
            return counts
        }
    }
}
