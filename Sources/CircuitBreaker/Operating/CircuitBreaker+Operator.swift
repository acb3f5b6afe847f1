//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Synchronization

extension CircuitBreaker {
    /// Opens the connection to the store and fetches the first view, so that the first call need not: a Lambda does it in its init phase.
    /// - Throws: ``StoreError`` that names what is missing and the mend; calls go on all the same, as `onStoreLoss` says.
    public func prepare() async throws(StoreError) {
        try await store.prepare()
        try await refresh()
    }

    /// Reads the record now, whatever the age of the view.
    /// - Throws: ``StoreError`` when the store did not answer.
    public func refresh() async throws(StoreError) {
        var allowance = allowance()
        var call = CallProgress()
        let request = withState { state, now in
            state.counts.storeRequests += 1
            return state.machine.readForOrder(at: now)
        }
        await perform(request, &call, &allowance)
        try checkStore()
    }

    /// Gives an order to the whole fleet, in place of any earlier one.
    ///
    /// Others obey when they next look at the record, within `maxViewAge`.
    /// - Parameter order: what to do, until when, by whom and why.
    /// - Throws: ``StoreError`` when the store did not answer.
    public func order(_ order: CircuitOrder) async throws(StoreError) {
        try await change {
            $0.order(order, for: &$1, at: $2)
        } until: {
            $0.order == order
        }
    }

    /// Lifts the order in force.
    /// - Throws: ``StoreError`` when the store did not answer.
    public func liftOrder() async throws(StoreError) {
        try await change {
            $0.order(nil, for: &$1, at: $2)
        } until: {
            $0.order == nil
        }
    }

    /// Makes the circuit CLOSED, its window empty.
    /// - Parameters:
    ///   - by: who orders it.
    ///   - why: why.
    /// - Throws: ``StoreError`` when the store did not answer.
    public func reset(by: String = "", why: String = "") async throws(StoreError) {
        let before = view.record.epoch
        try await change {
            $0.reset(by: by, why: why, for: &$1, at: $2)
        } until: {
            $0.state == .closed && $0.epoch != before && $0.reason == .ordered(by: by, why: why)
        }
    }

    // An operator's word counts against all others who write at the same time: begin anew with the record that refused it.
    private func change(
        _ make: (inout CircuitStateMachine, inout CallProgress, Timestamp) -> StoreRequest,
        until isDone: (CircuitRecord) -> Bool
    ) async throws(StoreError) {
        try await refresh()
        for _ in 0..<20 {
            var allowance = allowance()
            var call = CallProgress()
            let request = withState { state, now in
                state.counts.storeRequests += 1
                return make(&state.machine, &call, now)
            }
            await perform(request, &call, &allowance)
            try checkStore()
            if isDone(view.record) { return }
        }
        throw StoreError(.unavailable, "the record of \(id) changed on each of 20 attempts; try again", mayHaveBeenApplied: false)
    }

    private func checkStore() throws(StoreError) {
        let error = state.withLock { state in
            let isWell = !state.machine.store.isLost && state.machine.store.isUsable(at: clock.now)
            return isWell ? nil : state.lastStoreError ?? StoreError(.unavailable, "no usable answer")
        }
        if let error { throw error }
    }
}
