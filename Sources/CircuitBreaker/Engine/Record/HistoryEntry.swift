//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import SafeText

/// A change of state or an order, as the record remembers it.
public struct HistoryEntry: Hashable, Sendable {
    /// What happened.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum Event: Hashable, Sendable {
        /// The state changed: what `circuitState` was before, which a writer that knows no epochs may have set, what it became, why, and which environment did it.
        case changed(from: CircuitState?, to: CircuitState, reason: ChangeReason, by: EnvironmentID)
        /// An order was given.
        case ordered(CircuitOrder)
        /// The order was lifted: by whom, and why.
        case lifted(by: String, why: String)
    }

    /// The fence that the change set: no two changes of state have the same, nor two orders.
    public var epoch: Epoch
    /// What happened.
    public var event: Event

    /// When, by the clock of whoever did it.
    public var time: Timestamp { Timestamp(milliseconds: epoch.rawValue) }

    package var isOrder: Bool { if case .changed = event { false } else { true } }

    /// How many changes of state a record remembers, and how many orders.
    public static let limit = 20

    /// The most bytes of UTF-8 that each text of an entry has; a longer one ends there.
    public static let longestText = 96

    /// Creates an entry, its texts shortened to what a record holds.
    public init(epoch: Epoch, event: Event) {
        self.epoch = epoch
        switch event {
        case .changed(let from, let to, .ordered(let by, let why), let environment):
            let reason = ChangeReason.ordered(by: by.shortenedForRecord, why: why.shortenedForRecord)
            self.event = .changed(from: from, to: to, reason: reason, by: environment.shortened)
        case .changed(let from, let to, let reason, let environment):
            self.event = .changed(from: from, to: to, reason: reason, by: environment.shortened)
        case .ordered(var order):
            order.by = order.by.shortenedForRecord
            order.why = order.why.shortenedForRecord
            self.event = .ordered(order)
        case .lifted(let by, let why):
            self.event = .lifted(by: by.shortenedForRecord, why: why.shortenedForRecord)
        }
    }
}

extension [HistoryEntry] {
    // The newest of each kind, oldest first: changes of state and orders have fences of their own.
    package var kept: [HistoryEntry] {
        let changes = filter { !$0.isOrder }.sorted { $0.epoch < $1.epoch }
        let orders = filter(\.isOrder).sorted { $0.epoch < $1.epoch }
        let newest = changes.suffix(HistoryEntry.limit) + orders.suffix(HistoryEntry.limit)
        return newest.sorted { ($0.epoch, $0.isOrder ? 1 : 0) < ($1.epoch, $1.isOrder ? 1 : 0) }
    }

    // The order that an entry took out of the record, if it had ended by itself before, and the fence that gave it.
    package func expiredOrder(liftedBy entry: HistoryEntry) -> (order: CircuitOrder, given: Epoch)? {
        guard case .lifted = entry.event, let earlier = last(where: { $0.isOrder && $0.epoch < entry.epoch }) else { return nil }
        guard case .ordered(let order) = earlier.event, let until = order.until, until <= entry.time else { return nil }
        return (order, earlier.epoch)
    }

    var endsWithExpiredOrder: Bool { last(where: \.isOrder).flatMap { expiredOrder(liftedBy: $0) } != nil }

    mutating func remember(_ entry: HistoryEntry) {
        self = (self + [entry]).kept
    }
}

extension CircuitChange {
    // What the record remembers of it; nil: nothing.
    package var historyEntry: HistoryEntry? {
        switch target {
        case .transition(let change):
            HistoryEntry(
                epoch: change.epoch,
                event: .changed(from: change.from ?? condition.circuitState, to: change.state, reason: change.reason, by: change.writer.environment)
            )
        // An order that is only announced has its entry.
        case .order(_, let fence) where fence == condition.orderEpoch: nil
        case .order(let order, let fence):
            HistoryEntry(epoch: fence, event: order.map { .ordered($0) } ?? .lifted(by: lift.by, why: lift.why))
        case .takeSlot, .releaseSlot, .countSuccess: nil
        }
    }
}

extension EnvironmentID {
    fileprivate var shortened: EnvironmentID { EnvironmentID(rawValue: rawValue.shortenedForRecord) }
}

extension String {
    package var shortenedForRecord: String { shortened(toBytes: HistoryEntry.longestText) }
}
