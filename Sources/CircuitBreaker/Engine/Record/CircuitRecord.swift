//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// What the store holds for one circuit: all that a fleet needs to act as one.
public struct CircuitRecord: Hashable, Sendable {
    /// The attributes that circuitbreaker-lambda reads and writes, as whoever wrote last left them.
    public struct Shared: Hashable, Sendable {
        /// `circuitState`: one of the three states.
        public var circuitState: CircuitState
        /// `failureCount`: failures that led to the present state, and while CLOSED those since then.
        public var failureCount: Int
        /// `successCount`: probes that succeeded.
        public var successCount: Int
        /// `nextAttempt`: when an open circuit may be probed.
        public var nextAttempt: Timestamp
        /// `lastFailureTime`: when the last failure was reported.
        public var lastFailureTime: Timestamp
        /// `consecutiveOpens`: how many times in a row a probe failed.
        public var consecutiveOpens: Int
        /// `stateTimestamp`: when the item was last written by a change of state.
        public var stateTimestamp: Timestamp

        /// Creates the attributes, each as a new item has it.
        public init(
            circuitState: CircuitState = .closed,
            failureCount: Int = 0,
            successCount: Int = 0,
            nextAttempt: Timestamp = .zero,
            lastFailureTime: Timestamp = .zero,
            consecutiveOpens: Int = 0,
            stateTimestamp: Timestamp = .zero
        ) {
            self.circuitState = circuitState
            self.failureCount = failureCount
            self.successCount = successCount
            self.nextAttempt = nextAttempt
            self.lastFailureTime = lastFailureTime
            self.consecutiveOpens = consecutiveOpens
            self.stateTimestamp = stateTimestamp
        }
    }

    /// What foreign writers see and may overwrite without a condition.
    public var shared: Shared
    /// The fence: grows with every change of state.
    public var epoch: Epoch
    /// The state that the last fenced change gave the circuit.
    ///
    /// A foreign writer changed it if ``shared`` says otherwise.
    public var state: CircuitState
    /// When the last fenced change of state happened.
    public var since: Timestamp
    /// When an open circuit may be probed.
    public var nextAttempt: Timestamp
    /// How many times in a row a probe failed.
    public var consecutiveOpens: Int
    /// Probes that succeeded in this epoch.
    public var successCount: Int
    /// Slots that were reclaimed in this epoch because their lease had ended.
    public var lostProbes: Int
    /// Slots that were returned in this epoch by probes that say nothing.
    public var unusedProbes: Int
    /// Failures since the last success.
    public var failureStreak: Int
    /// How many of `failureCount` are failures of this library's environments, or led to the present state: the others are a foreign writer's.
    public var shownFailures: Int
    /// What was counted lately.
    public var window: CircuitWindow
    /// The slots that probes occupy, by number.
    public var slots: [Int: ProbeSlot]
    /// Who made the last fenced change of state.
    public var writer: WriterToken?
    /// Why.
    public var reason: ChangeReason?
    /// The order in force, if any.
    public var order: CircuitOrder?
    /// The fence of orders: grows with each one given or lifted.
    public var orderEpoch: Epoch
    /// The fence of the last order that an environment has announced: logged and counted, once for the fleet.
    public var announcedOrder: Epoch
    /// The last changes of state and the last orders, ``HistoryEntry/limit`` of each at most, oldest first; nothing is decided by it.
    public var history: [HistoryEntry]
    /// Who saw what, and since when; nothing is decided by it.
    public var evidence: Evidence
    /// When the store may forget the record; nil: never.
    public var expiresAt: Timestamp?

    /// Creates the record of a circuit that nobody has used yet: CLOSED, all empty.
    public init() {
        shared = Shared()
        epoch = .zero
        state = .closed
        since = .zero
        nextAttempt = .zero
        consecutiveOpens = 0
        successCount = 0
        lostProbes = 0
        unusedProbes = 0
        failureStreak = 0
        shownFailures = 0
        window = CircuitWindow()
        slots = [:]
        orderEpoch = .zero
        announcedOrder = .zero
        history = []
        evidence = Evidence()
    }

    // An OPEN that foreign writers see while an order forces the circuit open is the order's, not theirs.
    package var isMirrored: Bool { order?.kind == .forceOpen && shared.circuitState == .open }

    // The state as foreign writers left it, without what only mirrors an order.
    package var foreignState: CircuitState { isMirrored ? state : shared.circuitState }

    // Whether somebody who knows no epochs has set another state.
    package var isEdited: Bool { foreignState != state }

    // Since when the foreign state holds, and when it may be tried.
    package var foreignSince: Timestamp { isEdited ? shared.stateTimestamp : since }
    package var foreignNextAttempt: Timestamp { isEdited ? shared.nextAttempt : nextAttempt }

    // A foreign writer that takes its own copy for the truth cannot take these two fences back.
    package func isOlder(than other: CircuitRecord) -> Bool {
        epoch < other.epoch || orderEpoch < other.orderEpoch
    }
}
