//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
package import CircuitBreaker

// An order given, or the end of one.
package struct OrderChange: Hashable, Sendable {
    package enum Change: Hashable, Sendable {
        // In place of another one, if there was one.
        case given
        // By whom, and why.
        case lifted(by: String, why: String)
        // By itself, when its time was over.
        case ended
        // With its record.
        case removed
    }

    package let change: Change
    // The order given, or that which is over.
    package let order: CircuitOrder
    // The state, which an order does not change.
    package let state: CircuitState
    // The fence of orders; nil where nobody raised it.
    package let epoch: Epoch?

    // Nil if the write gave and ended none.
    init?(from old: CircuitRecord, to new: CircuitRecord?) {
        state = new?.foreignState ?? .closed
        let isFenced = new.map { $0.orderEpoch != old.orderEpoch } ?? false
        epoch = isFenced ? new?.orderEpoch : nil
        switch (old.order, new?.order) {
        case (let before, let now?):
            guard isFenced || before != now else { return nil }
            change = .given
            order = now
        case (let before?, nil):
            order = before
            guard let new, isFenced else {
                change = .removed
                return
            }
            if let until = before.until, until.milliseconds <= new.orderEpoch.rawValue {
                change = .ended
            } else if case .lifted(let by, let why)? = new.history.last(where: { $0.isOrder && $0.epoch == new.orderEpoch })?.event {
                change = .lifted(by: by, why: why)
            } else {
                change = .lifted(by: "", why: "")
            }
        case (nil, nil): return nil
        }
    }
}

extension OrderChange {
    var members: [String: JSON] {
        var (by, why): (JSON, JSON) = (.null, .null)
        if case .lifted(let lifter, let text) = change { (by, why) = (.string(lifter), .string(text)) }
        return [
            "change": .string(change.name), "order": order.json, "liftedBy": by, "liftedWhy": why, "state": .string(state.rawValue),
        ]
    }
}

extension OrderChange.Change {
    fileprivate var name: String {
        switch self {
        case .given: "given"
        case .lifted: "lifted"
        case .ended: "ended"
        case .removed: "removed"
        }
    }
}
