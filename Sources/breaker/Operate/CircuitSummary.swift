//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// A circuit as an operator sees it: the record, and what it means at this moment.
struct CircuitSummary {
    let id: String
    let record: CircuitRecord
    let now: Timestamp

    // The state that decides about calls: the order's, if one decides.
    var state: CircuitState { order?.decidingState ?? stateWithoutOrder }

    // What somebody else has set counts, as it does for the fleet.
    var stateWithoutOrder: CircuitState { record.foreignState }

    private var isDecidedByOrder: Bool { order?.decidingState != nil }

    var isEdited: Bool { record.isEdited }

    var order: CircuitOrder? { record.order.flatMap { $0.isInForce(at: now) ? $0 : nil } }

    // An order that agrees with the circuit changes nothing.
    var since: Timestamp { state == stateWithoutOrder ? sinceWithoutOrder : Timestamp(milliseconds: record.orderEpoch.rawValue) }

    var sinceWithoutOrder: Timestamp { record.foreignSince }

    // While an order decides, there is none.
    var nextAttempt: Timestamp? {
        guard state == .open, !isDecidedByOrder else { return nil }
        return record.foreignNextAttempt
    }

    // All that the record holds: how long a fleet's window is, only the fleet knows.
    var window: CircuitWindow.Tally { record.window.total(from: Timestamp(milliseconds: .min), through: Timestamp(milliseconds: .max)) }

    // The share of slow calls that opened it last, as far as the record remembers: the fleet's policy is not in it.
    var slowCallThreshold: Double? {
        let reasons = [record.reason] + record.history.reversed().map { if case .changed(_, _, let reason, _) = $0.event { reason } else { nil } }
        return reasons.lazy.compactMap { if case .slowCallRate(_, _, let threshold)? = $0 { threshold } else { nil } }.first
    }

    var why: String {
        guard isDecidedByOrder, let order else { return whyWithoutOrder }
        return "\(ChangeReason.ordered(by: order.by, why: order.why))"
    }

    var whyWithoutOrder: String {
        if isEdited { return "set by somebody else" }
        return record.reason.map { "\($0)" } ?? ""
    }

    // The worst first.
    private var rank: Int {
        if order?.kind == .forceOpen { return 0 }
        switch state {
        case .open: return 1
        case .halfOpen: return 2
        case .closed where stateWithoutOrder != .closed: return 3
        case .closed: return order != nil ? 4 : window.failures > 0 ? 5 : 6
        }
    }

    func isWorse(than other: CircuitSummary) -> Bool { badness < other.badness }

    // A text, so that programs and pages sort by it too: the worst comes first.
    var badness: String {
        let fewer = String(9_999_999_999 - min(max(0, window.failures), 9_999_999_999))
        return "\(rank)\(String(repeating: "0", count: 10 - fewer.count))\(fewer)\(id)"
    }
}

extension CircuitSummary {
    // Nil once the store may forget the record: the circuit then starts over, CLOSED.
    init?(_ id: String, _ record: CircuitRecord, at now: Timestamp) {
        if let end = record.expiresAt, end <= now { return nil }
        self.init(id: id, record: record, now: now)
    }
}
