//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Synchronization

extension CircuitBreaker {
    /// Orders the whole fleet to reject every call, in place of any earlier order.
    ///
    /// Others obey from their next look at the record on, within `maxViewAge`, or `maxHealthyViewAge` while all is well; so it is with every order.
    /// - Parameters:
    ///   - duration: after which the order ends on its own; nil: it holds until it is lifted.
    ///   - by: who gives it.
    ///   - why: why.
    /// - Throws: ``StoreError`` when the store did not answer; ``ConfigurationError`` when a text is longer than ``CircuitOrder/longestText``.
    public func forceOpen(for duration: Duration?, by: String, why: String) async throws {
        try await give(.forceOpen, for: duration, by: by, why: why)
    }

    /// Orders the whole fleet to admit every call, in place of any earlier order; failures are counted but open nothing.
    /// - Parameters:
    ///   - duration: after which the order ends on its own; nil: it holds until it is lifted.
    ///   - by: who gives it.
    ///   - why: why.
    /// - Throws: ``StoreError`` when the store did not answer; ``ConfigurationError`` when a text is longer than ``CircuitOrder/longestText``.
    public func forceClosed(for duration: Duration?, by: String, why: String) async throws {
        try await give(.forceClosed, for: duration, by: by, why: why)
    }

    /// Orders the whole fleet to admit every call and to count none, in place of any earlier order.
    /// - Parameters:
    ///   - duration: after which the order ends on its own; nil: it holds until it is lifted.
    ///   - by: who gives it.
    ///   - why: why.
    /// - Throws: ``StoreError`` when the store did not answer; ``ConfigurationError`` when a text is longer than ``CircuitOrder/longestText``.
    public func disable(for duration: Duration?, by: String, why: String) async throws {
        try await give(.disabled, for: duration, by: by, why: why)
    }

    /// Orders the whole fleet to do all that it would do except reject, in place of any earlier order.
    /// - Parameters:
    ///   - duration: after which the order ends on its own; nil: it holds until it is lifted.
    ///   - by: who gives it.
    ///   - why: why.
    /// - Throws: ``StoreError`` when the store did not answer; ``ConfigurationError`` when a text is longer than ``CircuitOrder/longestText``.
    public func observe(for duration: Duration?, by: String, why: String) async throws {
        try await give(.observe, for: duration, by: by, why: why)
    }

    /// Gives an order to the whole fleet, in place of any earlier one.
    /// - Parameter order: what to do, until when, by whom and why.
    /// - Throws: ``StoreError`` when the store did not answer; ``ConfigurationError`` when a text is longer than ``CircuitOrder/longestText``.
    public func give(_ order: CircuitOrder) async throws {
        try CircuitOrder.check(by: order.by, why: order.why)
        try await carryOut(.order(order))
    }

    /// Lifts the order in force.
    /// - Parameters:
    ///   - by: who lifts it.
    ///   - why: why.
    /// - Throws: ``StoreError`` when the store did not answer; ``ConfigurationError`` when a text is longer than ``CircuitOrder/longestText``.
    public func liftOrder(by: String = "", why: String = "") async throws {
        try CircuitOrder.check(by: by, why: why)
        try await carryOut(.lift(by: by, why: why))
    }

    /// Makes the circuit CLOSED, its window empty.
    /// - Parameters:
    ///   - by: who orders it.
    ///   - why: why.
    /// - Throws: ``StoreError`` when the store did not answer; ``ConfigurationError`` when a text is longer than ``CircuitOrder/longestText``.
    public func reset(by: String = "", why: String = "") async throws {
        try CircuitOrder.check(by: by, why: why)
        let before = state.withLock { $0.session.machine.view.record.epoch }
        try await carryOut(.reset(by: by, why: why, before: before))
    }

    // Gives an order, or lifts the one in force with nil; false, and nothing changed: another came since that fence.
    package func replaceOrder(since fence: Epoch, with order: CircuitOrder?, by: String, why: String) async throws -> Bool {
        try CircuitOrder.check(by: order?.by ?? by, why: order?.why ?? why)
        let command = Command.replace(fence, with: order, by: by, why: why)
        do throws(StoreError) {
            try await carryOut(command)
            return true
        } catch {
            let record = state.withLock { $0.session.machine.view.record }
            if !error.mayHaveBeenApplied, record.orderEpoch != fence, !command.isCarriedOut(in: record) { return false }
            throw error
        }
    }

    private func give(_ kind: CircuitOrder.Kind, for duration: Duration?, by: String, why: String) async throws {
        try await give(CircuitOrder(kind, until: duration.map { clock.now.advanced(by: $0) }, by: by, why: why))
    }

    func carryOut(_ command: Command) async throws(StoreError) {
        var call = Session.Call()
        let first = turn { state, now in state.count(state.session.begin(command, &call, at: now)) }
        switch await drive(&call, from: first) {
        case .done(.storeFailed):
            throw state.withLock { $0.lastStoreError } ?? StoreError(.unavailable, "no usable answer")
        case .done(.contested(let attempts)):
            throw StoreError(.unavailable, "the record of \(id) changed on each of \(attempts) attempts; try again", mayHaveBeenApplied: false)
        case .done, .ask, .wait, .run, .reject:
            return
        }
    }
}
