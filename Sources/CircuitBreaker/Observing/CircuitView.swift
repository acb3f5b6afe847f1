//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Synchronization

/// A circuit as one environment last saw it.
public struct CircuitView: Hashable, Sendable {
    /// The record; that of an unused circuit if there is none.
    public var record: CircuitRecord
    /// How old the view is; nil: nothing has been read yet.
    public var age: Duration?
    /// Failures, slow calls and calls within the window.
    public var window: CircuitWindow.Tally
    /// Whether the store is unreachable at the moment.
    public var isStoreLost: Bool
    /// The state that decides here: what an order in force makes of it, else the record's, or that of this environment's own circuit while it stands alone.
    public var state: CircuitState
    /// The order in force, if any.
    public var order: CircuitOrder?

    init(_ machine: CircuitStateMachine, at now: Timestamp) {
        record = machine.view.record
        age = machine.view.fetchedAt.map { .milliseconds(now.since($0)) }
        window = machine.rules.total(of: record, at: now)
        isStoreLost = machine.store.isLost
        order = machine.orderInForce(at: now)
        state = machine.decidingState(at: now)
    }
}

extension CircuitStateMachine {
    // The state that decides here about calls.
    func decidingState(at now: Timestamp) -> CircuitState {
        orderInForce(at: now)?.decidingState ?? (decidesAlone(at: now) ? own.state : view.record.state)
    }
}

extension CircuitBreaker {
    /// The circuit as this environment last saw it.
    public var view: CircuitView {
        let now = clock.now
        return state.withLock { CircuitView($0.session.machine, at: now) }
    }
}
