//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// A conditional change of a record.
///
/// All of the condition must hold for any of it to happen.
public struct CircuitChange: Hashable, Sendable {
    /// What must hold of the record as it is.
    ///
    /// A missing record counts as ``CircuitRecord/init()``.
    public struct Condition: Hashable, Sendable {
        /// What a slot must hold.
        public struct Slot: Hashable, Sendable {
            /// Which slot.
            public var index: Int
            /// What it holds; nil: it is free.
            public var contents: ProbeSlot?

            /// Creates a condition on a slot.
            public init(index: Int, contents: ProbeSlot?) {
                self.index = index
                self.contents = contents
            }
        }

        /// The record's epoch; nil: any.
        public var epoch: Epoch?
        /// The state as foreign writers left it (`circuitState`); nil: any.
        public var circuitState: CircuitState?
        /// What one slot holds; nil: no matter.
        public var slot: Slot?
        /// The fence of orders; nil: any.
        public var orderEpoch: Epoch?
        /// The fence of the last order that was announced; nil: any.
        public var announcedOrder: Epoch?

        /// Creates a condition.
        public init(
            epoch: Epoch? = nil,
            circuitState: CircuitState? = nil,
            slot: Slot? = nil,
            orderEpoch: Epoch? = nil,
            announcedOrder: Epoch? = nil
        ) {
            self.epoch = epoch
            self.circuitState = circuitState
            self.slot = slot
            self.orderEpoch = orderEpoch
            self.announcedOrder = announcedOrder
        }
    }

    /// What foreign writers see of an order, which they do not know.
    public enum Mirror: Hashable, Sendable {
        /// `circuitState` becomes OPEN and `nextAttempt` this time.
        case open(until: Timestamp)
        /// Both become what the circuit's own state is.
        case ownState
    }

    /// A change of state.
    ///
    /// The window, the streak and the counts of probes start over; slots of other probes stay, since their calls still run.
    public struct Transition: Hashable, Sendable {
        /// The new state.
        public var state: CircuitState
        /// The new epoch.
        public var epoch: Epoch
        /// When it happens.
        public var now: Timestamp
        /// When an open circuit may be probed.
        public var nextAttempt: Timestamp
        /// How many times in a row a probe failed.
        public var consecutiveOpens: Int
        /// Failures to show to foreign readers.
        public var failureCount: Int
        /// Who makes the change.
        public var writer: WriterToken
        /// Why.
        public var reason: ChangeReason
        /// The slot that is taken in the same write.
        public var takes: Int?
        /// When the lease of that slot ends.
        public var leaseEnd: Timestamp?
        /// What the record keeps for whoever looks for the cause; without an error, that of the record stays.
        public var evidence = Evidence()
        /// The state before, for the history: without what only mirrors an order; nil: `circuitState` of the condition.
        public var from: CircuitState?

        /// Creates a change of state.
        public init(
            to state: CircuitState,
            epoch: Epoch,
            now: Timestamp,
            nextAttempt: Timestamp,
            consecutiveOpens: Int,
            failureCount: Int,
            writer: WriterToken,
            reason: ChangeReason,
            takes: Int? = nil,
            leaseEnd: Timestamp? = nil
        ) {
            self.state = state
            self.epoch = epoch
            self.now = now
            self.nextAttempt = nextAttempt
            self.consecutiveOpens = consecutiveOpens
            self.failureCount = failureCount
            self.writer = writer
            self.reason = reason
            self.takes = takes
            self.leaseEnd = leaseEnd
        }
    }

    /// What is changed.
    public enum Target: Hashable, Sendable {
        /// The state. The slot named in the condition, if any, is freed.
        case transition(Transition)
        /// The slot named in the condition is taken; `reclaimed` says whether a lease that had ended is thereby counted as a lost probe.
        case takeSlot(ProbeSlot, reclaimed: Bool)
        /// The slot named in the condition is freed; `isUnused` says whether its probe is thereby counted among those that say nothing.
        case releaseSlot(isUnused: Bool)
        /// The slot named in the condition is freed and its probe counted as a success.
        case countSuccess
        /// An order is given, or lifted with nil; the number is the new fence. With the old fence, what is in force stays as it is.
        case order(CircuitOrder?, orderEpoch: Epoch)
    }

    /// Who lifts an order, for the history.
    public struct Lift: Hashable, Sendable {
        /// Who.
        public var by: String
        /// Why.
        public var why: String

        /// Creates a signature.
        public init(by: String = "", why: String = "") {
            self.by = by
            self.why = why
        }
    }

    /// What must hold.
    public var condition: Condition
    /// What is changed.
    public var target: Target
    /// What foreign writers see of an order from now on; nil: what they see stays.
    public var mirror: Mirror?
    /// Whether whoever makes the change announces the order, or its end, for the fleet.
    public var announcesOrder = false
    /// When the store may forget the record; nil: never.
    public var expiresAt: Timestamp?
    /// Who lifts the order, if the change does.
    public var lift = Lift()

    /// Creates a change.
    public init(_ target: Target, if condition: Condition, expiresAt: Timestamp? = nil) {
        self.target = target
        self.condition = condition
        self.expiresAt = expiresAt
    }
}

/// What became of a change.
public enum ChangeResult: Hashable, Sendable {
    /// It was made: the record after it.
    case won(CircuitRecord)
    /// It was not, since the condition did not hold: the record that refused it, or nil if there is none.
    case lost(CircuitRecord?)
}
