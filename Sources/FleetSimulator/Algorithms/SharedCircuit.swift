//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// This library: the engine that ships, driven as the library's own shell drives it.
struct SharedCircuit: AlgorithmModel {
    typealias Action = StoreAction
    typealias Reply = StoreReply
    typealias Record = CircuitRecord

    static var retry: StoreRetry { .never }

    let rules: CircuitRules
    // How long a call may take when its caller sets no limit of its own: until shortly before the function's end.
    let functionTimeout: Milliseconds
    let deadlineMargin: Milliseconds?
    let minimumBudget: Milliseconds
    // How long a call may take, from its own beginning.
    let timeout: Milliseconds?
    var sessions: [Session]
    var calls: [Session.Call]
    var askedAt: [Timestamp]
    // Looks that are to be sent, and those under way.
    var looks: [[StoreRequest]]
    var looking: [[StoreRequest]]
    var isRunning: [Bool]
    // The ticket of a call that failed, until it is settled.
    var failing: [Ticket?]
    var beliefs: [Belief]
    var witness: Witness
    var verbs = StoreVerbs()

    init(_ scenario: Scenario) throws(SimulationError) {
        do {
            rules = try scenario.circuit.configuration.rules()
        } catch {
            throw .scenario(setting: error.setting, value: error.value, allowed: error.allowed)
        }
        let count = scenario.fleet.environments
        // A limit that the caller's own is shorter than does nothing.
        let patience = scenario.downstream.clientTimeout ?? .max
        functionTimeout = scenario.fleet.functionTimeout
        deadlineMargin = scenario.circuit.deadlineMargin.flatMap { patience < scenario.fleet.functionTimeout - $0 ? nil : $0 }
        minimumBudget = scenario.circuit.minimumBudget
        timeout = scenario.circuit.timeout.flatMap { patience < $0 ? nil : $0 }
        sessions = Array(repeating: Session(environment: .init(rawValue: ""), rules: rules, seed: 0), count: count)
        calls = Array(repeating: Session.Call(), count: count)
        askedAt = Array(repeating: .zero, count: count)
        looks = Array(repeating: [], count: count)
        looking = Array(repeating: [], count: count)
        isRunning = Array(repeating: false, count: count)
        failing = Array(repeating: nil, count: count)
        beliefs = Array(repeating: .unknown, count: count)
        witness = Witness(scenario, rules: rules)
    }

    var violation: Violation? { witness.violation }

    mutating func advance(to now: Milliseconds) {
        witness.now = World<Self>.origin + now
    }

    mutating func start(_ e: Int, life: UInt32, seed: UInt64) {
        sessions[e] = Session(environment: .init(rawValue: "\(e).\(life)"), rules: rules, seed: seed)
        beliefs[e] = .unknown
        looks[e] = []
        looking[e] = []
        witness.begin(e)
    }

    mutating func end(_ e: Int) {
        if isRunning[e], let ticket = calls[e].ticket, ticket.isProbe, !ticket.isOwn { witness.probeEnded() }
        isRunning[e] = false
        failing[e] = nil
    }

    func belief(of e: Int) -> Belief { beliefs[e] }

    func belief(of record: CircuitRecord?) -> Belief {
        guard let record else { return .closed }
        return Belief(record.state)
    }
}

extension Belief {
    init(_ state: CircuitState) {
        switch state {
        case .closed: self = .closed
        case .open: self = .open
        case .halfOpen: self = .halfOpen
        }
    }

    init(of machine: CircuitStateMachine, at now: Timestamp) {
        if machine.decidesAlone(at: now) {
            self.init(machine.own.state)
        } else {
            self = machine.view.fetchedAt == nil ? .unknown : Belief(machine.view.record.state)
        }
    }
}
