//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
public import CircuitBreaker
import Synchronization

/// A store around another that fails on request, for tests.
public final class FaultyStore: CircuitStore {
    /// A verb of a store.
    public enum Verb: Hashable, Sendable, CaseIterable {
        /// `read(_:consistent:)`
        case read
        /// `report(_:to:)`
        case report
        /// `change(_:of:)`
        case change
    }

    /// What goes wrong with a request.
    public enum Fault: Sendable {
        /// It is carried out after a while, by the clock the store was given.
        case delay(Duration)
        /// It is carried out once the gate is open.
        case hold(Gate)
        /// The store says that it did nothing.
        case refuse
        /// The request is lost: nothing happens, and the caller cannot know.
        case loseRequest
        /// It is carried out, but the answer is lost: the caller cannot know.
        case loseReply
        /// It is carried out twice; the second answer counts.
        case duplicate
        /// The store asks for fewer requests, and did nothing.
        case throttle
        /// An eventually consistent read answers with the record before the last write. Other requests are carried out.
        case stale
    }

    private struct State {
        var decide: @Sendable (Verb, Int) -> Fault? = { _, _ in nil }
        var requests: [Verb: Int] = [:]
        var before: [String: CircuitRecord?] = [:]
    }

    private let base: any CircuitStore
    private let clock: any CircuitClock
    private let state = Mutex(State())

    /// Creates a store that works until a fault is injected.
    /// - Parameters:
    ///   - base: carries the requests out.
    ///   - clock: measures delays.
    public init(_ base: any CircuitStore, clock: any CircuitClock = WallClock()) {
        self.base = base
        self.clock = clock
    }

    /// How many requests of a verb came in.
    /// - Parameter verb: which verb.
    /// - Returns: the number.
    public func requests(_ verb: Verb) -> Int {
        state.withLock { $0.requests[verb, default: 0] }
    }

    /// Decides from now on what goes wrong, in place of any earlier decision.
    /// - Parameter decide: gets the verb and the number of its requests since the store was created, this one included; returns the fault, or nil.
    public func inject(_ decide: @escaping @Sendable (Verb, Int) -> Fault?) {
        state.withLock { $0.decide = decide }
    }

    /// Lets every request of some verbs go wrong from now on, in place of any earlier decision.
    /// - Parameters:
    ///   - fault: what goes wrong.
    ///   - verbs: with which requests.
    public func inject(_ fault: Fault, on verbs: Set<Verb> = Set(Verb.allCases)) {
        inject { verb, _ in verbs.contains(verb) ? fault : nil }
    }

    /// Works from now on.
    public func heal() {
        inject { _, _ in nil }
    }

    /// Reads a record, unless something goes wrong.
    public func read(_ id: String, consistent: Bool) async throws(StoreError) -> CircuitRecord? {
        let fault = try await begin(.read)
        if case .stale? = fault, !consistent, let before = state.withLock({ $0.before[id] }) { return before }
        let record = try await base.read(id, consistent: consistent)
        try end(fault)
        return record
    }

    /// Adds a report, unless something goes wrong.
    public func report(_ report: CircuitReport, to id: String) async throws(StoreError) -> ReportResult {
        let fault = try await begin(.report)
        try await remember(id)
        if case .duplicate? = fault { _ = try await base.report(report, to: id) }
        let result = try await base.report(report, to: id)
        try end(fault)
        return result
    }

    /// Makes a change, unless something goes wrong.
    public func change(_ change: CircuitChange, of id: String) async throws(StoreError) -> ChangeResult {
        let fault = try await begin(.change)
        try await remember(id)
        if case .duplicate? = fault { _ = try await base.change(change, of: id) }
        let result = try await base.change(change, of: id)
        try end(fault)
        return result
    }

    private func begin(_ verb: Verb) async throws(StoreError) -> Fault? {
        let fault = state.withLock { state in
            let number = state.requests[verb, default: 0] + 1
            state.requests[verb] = number
            return state.decide(verb, number)
        }
        switch fault {
        case .delay(let duration)?:
            do { try await clock.sleep(for: duration) } catch { throw StoreError(.timedOut, "cancelled while delayed") }
        case .hold(let gate)?: await gate.pass()
        case .refuse?: throw StoreError(.unavailable, "refused", mayHaveBeenApplied: false)
        case .loseRequest?: throw StoreError(.timedOut, "request lost")
        case .throttle?: throw StoreError(.throttled, "throttled", mayHaveBeenApplied: false)
        case .loseReply?, .duplicate?, .stale?, nil: break
        }
        return fault
    }

    private func end(_ fault: Fault?) throws(StoreError) {
        if case .loseReply? = fault { throw StoreError(.timedOut, "reply lost") }
    }

    private func remember(_ id: String) async throws(StoreError) {
        let record = try await base.read(id, consistent: true)
        state.withLock { $0.before[id] = .some(record) }
    }
}
