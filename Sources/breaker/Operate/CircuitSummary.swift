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

    // Nil once the store may forget the record: the circuit then starts over, CLOSED.
    init?(_ id: String, _ record: CircuitRecord, at now: Timestamp) {
        if let end = record.expiresAt, end <= now { return nil }
        self.id = id
        self.record = record
        self.now = now
    }

    // What somebody else has set counts, as it does for the fleet.
    var state: CircuitState { record.foreignState }

    var isEdited: Bool { record.foreignState != record.state }

    var order: CircuitOrder? { record.order.flatMap { $0.isInForce(at: now) ? $0 : nil } }

    var since: Timestamp { isEdited ? record.shared.stateTimestamp : record.since }

    var nextAttempt: Timestamp? {
        guard state == .open else { return nil }
        return isEdited ? record.shared.nextAttempt : record.nextAttempt
    }

    // All that the record holds: how long a fleet's window is, only the fleet knows.
    var window: CircuitWindow.Tally { record.window.total(from: Timestamp(milliseconds: .min), through: Timestamp(milliseconds: .max)) }

    var why: String {
        if isEdited { return "set by somebody else" }
        return record.reason.map { "\($0)" } ?? ""
    }

    // The worst first.
    private var rank: Int {
        if order?.kind == .forceOpen { return 0 }
        switch state {
        case .open: return 1
        case .halfOpen: return 2
        case .closed: return order != nil ? 3 : window.failures > 0 ? 4 : 5
        }
    }

    func isWorse(than other: CircuitSummary) -> Bool { badness < other.badness }

    // A text, so that programs and pages sort by it too: the worst comes first.
    var badness: String {
        let fewer = String(9_999_999_999 - min(max(0, window.failures), 9_999_999_999))
        return "\(rank)\(String(repeating: "0", count: 10 - fewer.count))\(fewer)\(id)"
    }
}
