//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// Something that happened to a circuit, as one environment sees it.
#if hasAttribute(nonexhaustive)
    @nonexhaustive
#endif
public enum CircuitEvent: Sendable {
    /// A change of state.
    public struct StateChange: Hashable, Sendable {
        /// The state before.
        public var from: CircuitState
        /// The state after.
        public var to: CircuitState
        /// Why, if the record says so.
        public var reason: ChangeReason?
        /// The new epoch; nil: the change concerns this environment alone.
        public var epoch: Epoch?
        /// Whether this environment made the change; otherwise it learnt of it.
        public var isOwn: Bool
    }

    /// An order was given or lifted, or has ended.
    public struct OrderChange: Hashable, Sendable {
        /// The order; nil: none is left.
        public var order: CircuitOrder?
        /// Whether the order before it ended on its own, at its time.
        public var hasEnded: Bool
        /// Whether this environment announces it for the fleet: no other does.
        public var isOwn: Bool
    }

    /// The state changed.
    case stateChanged(StateChange)
    /// An order was given or lifted, or has ended.
    case orderChanged(OrderChange)
    /// A call was admitted; whether as a probe.
    case admitted(isProbe: Bool)
    /// A call succeeded; how long it took, and whether that is slow by the policy.
    case succeeded(Duration, isSlow: Bool)
    /// A call failed after this long.
    case failed(Duration)
    /// A call timed out after this long. It counts as failed, unless its deadline had left it less time than `minimumBudget`.
    case timedOut(Duration)
    /// A call was admitted and returned unused: it was cancelled, or its result says nothing about the dependency.
    case returnedUnused
    /// A call was rejected.
    case rejected(Rejection)
    /// A call was let pass only because an order says to observe.
    case wouldReject(Rejection)
    /// An outcome came too late for its epoch, and was dropped.
    case staleOutcomeDropped
    /// Outcomes of this many calls were given up, since it is unknown whether the store has them.
    case reportUncertain(calls: Int)
    /// A probe's outcome did not reach the store; its slot is free again when the lease ends.
    case probeOutcomeLost
    /// The store cannot be reached.
    case storeLost(StoreError)
    /// The store answers again.
    case storeBack
}

extension CircuitEvent {
    // How long the call took whose end it is.
    var duration: Duration? {
        switch self {
        case .succeeded(let time, _), .failed(let time), .timedOut(let time): time
        default: nil
        }
    }

    // The same in milliseconds; 0: nobody measured them.
    var took: Int64 { duration?.milliseconds ?? 0 }
}
