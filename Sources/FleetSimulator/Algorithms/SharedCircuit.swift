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

    // A decision of the engine that holds for a while, so that calls need not ask it.
    struct Pass {
        var end: Milliseconds = .min
        var refuses = false
        var epoch = Epoch.zero
    }

    enum Stage {
        case admission
        case calling
        case settlement
    }

    let rules: CircuitRules
    let storeTimeout: Milliseconds
    // How long a call may take when its caller sets no limit of its own: until shortly before the function's end.
    let deadline: Milliseconds?
    // How long a call may take, from its own beginning.
    let timeout: Milliseconds?
    var machines: [CircuitStateMachine]
    var passes: [Pass]
    var freeSuccesses: [Int32]
    var progress: [CallProgress]
    var tickets: [Ticket?]
    // The epoch of a call that a pass admitted.
    var passing: [Epoch?]
    var requests: [StoreRequest?]
    var stages: [Stage]
    // What is left of the time that the store may add to the call, and when it was asked.
    var allowance: [Milliseconds]
    var askedAt: [Timestamp]
    var begunAt: [Timestamp]
    var beliefs: [Belief]
    var isSettlingFailure: [Bool]
    var witness: Witness
    var verbs = StoreVerbs()

    init(_ scenario: Scenario) throws(SimulationError) {
        do {
            rules = try scenario.circuit.configuration.rules()
        } catch {
            throw .scenario(setting: error.setting, value: error.value, allowed: error.allowed)
        }
        let count = scenario.fleet.environments
        storeTimeout = scenario.circuit.sharing.storeTimeout.milliseconds
        // A limit that the caller's own is shorter than does nothing.
        let patience = scenario.downstream.clientTimeout ?? .max
        deadline = scenario.circuit.deadlineMargin.map { scenario.fleet.functionTimeout - $0 }.flatMap { patience < $0 ? nil : $0 }
        timeout = scenario.circuit.timeout.flatMap { patience < $0 ? nil : $0 }
        let machine = CircuitStateMachine(environment: .init(rawValue: ""), rules: rules, seed: 0)
        machines = Array(repeating: machine, count: count)
        passes = Array(repeating: Pass(), count: count)
        freeSuccesses = Array(repeating: 0, count: count)
        progress = Array(repeating: CallProgress(), count: count)
        tickets = Array(repeating: nil, count: count)
        passing = Array(repeating: nil, count: count)
        requests = Array(repeating: nil, count: count)
        stages = Array(repeating: .admission, count: count)
        allowance = Array(repeating: 0, count: count)
        askedAt = Array(repeating: .zero, count: count)
        begunAt = Array(repeating: .zero, count: count)
        beliefs = Array(repeating: .unknown, count: count)
        isSettlingFailure = Array(repeating: false, count: count)
        witness = Witness(scenario, rules: rules)
    }

    var violation: Violation? { witness.violation }

    mutating func advance(to now: Milliseconds) {
        witness.now = World<Self>.origin + now
    }

    mutating func start(_ e: Int, life: UInt32, seed: UInt64) {
        machines[e] = CircuitStateMachine(environment: .init(rawValue: "\(e).\(life)"), rules: rules, seed: seed)
        passes[e] = Pass()
        freeSuccesses[e] = 0
        beliefs[e] = .unknown
        witness.begin(e)
    }

    mutating func end(_ e: Int) {
        if let ticket = tickets[e], ticket.isProbe, !ticket.isOwn, stages[e] == .calling { witness.probeEnded() }
        tickets[e] = nil
        passing[e] = nil
        requests[e] = nil
    }

    func belief(of e: Int) -> Belief { beliefs[e] }

    func belief(of record: CircuitRecord?) -> Belief {
        guard let record else { return .closed }
        return Belief(record.state)
    }

    // MARK: around the lock

    mutating func enter(_ e: Int, at now: Timestamp) {
        guard freeSuccesses[e] > 0 else { return }
        machines[e].countFreeSuccesses(Int(freeSuccesses[e]), at: now)
        freeSuccesses[e] = 0
    }

    mutating func publish(_ e: Int, at now: Timestamp) {
        if !machines[e].notices.isEmpty { _ = machines[e].takeNotices() }
        beliefs[e] = Belief(of: machines[e])
        if let refusal = machines[e].freeRefusal(at: now) {
            passes[e] = Pass(end: refusal.end.milliseconds, refuses: true)
        } else if let end = machines[e].freePass(at: now) {
            passes[e] = Pass(end: end.milliseconds, epoch: machines[e].view.record.epoch)
        } else {
            passes[e].end = .min
        }
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

    init(of machine: CircuitStateMachine) {
        if machine.decidesAlone {
            self.init(machine.own.state)
        } else {
            self = machine.view.fetchedAt == nil ? .unknown : Belief(machine.view.record.state)
        }
    }
}
