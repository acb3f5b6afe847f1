//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// This library: the engine that ships, driven as the library's own shell drives it.
struct SharedCircuit: Algorithm {
    typealias Action = StoreAction
    typealias Reply = StoreReply
    typealias Record = CircuitRecord

    static var retry: StoreRetry { .never }

    // A decision of the engine that holds for a while, so that calls need not ask it.
    private struct Pass {
        var end: Milliseconds = .min
        var refuses = false
        var epoch = Epoch.zero
    }

    private enum Stage {
        case admission
        case calling
        case settlement
    }

    private let rules: CircuitRules
    private let storeTimeout: Milliseconds
    // How long a call may take when its caller sets no limit of its own: until shortly before the function's end.
    private let deadline: Milliseconds?
    private var machines: [CircuitStateMachine]
    private var passes: [Pass]
    private var freeSuccesses: [Int32]
    private var progress: [CallProgress]
    private var tickets: [Ticket?]
    // The epoch of a call that a pass admitted.
    private var passing: [Epoch?]
    private var requests: [StoreRequest?]
    private var stages: [Stage]
    // What is left of the time that the store may add to the call, and when it was asked.
    private var allowance: [Milliseconds]
    private var askedAt: [Timestamp]
    private var begunAt: [Timestamp]
    private var beliefs: [Belief]
    private var isSettlingFailure: [Bool]
    private var witness: Witness
    var verbs = StoreVerbs()

    init(_ scenario: Scenario) throws(SimulationError) {
        do {
            rules = try scenario.circuit.rules()
        } catch {
            throw .scenario(setting: error.setting, value: error.value, allowed: error.allowed)
        }
        let count = scenario.fleet.environments
        storeTimeout = scenario.circuit.storeTimeout
        let limit = scenario.fleet.functionTimeout - scenario.circuit.deadlineMargin
        deadline = scenario.downstream.clientTimeout.map { $0 < limit } ?? false ? nil : limit
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

    // MARK: the shell

    mutating func begin(_ e: Int, at now: Timestamp) -> AlgorithmStep<StoreAction> {
        begunAt[e] = now
        if deadline == nil, now.milliseconds < passes[e].end {
            if passes[e].refuses { return .reject(isRamp: false) }
            passing[e] = passes[e].epoch
            witness.passed(e, epoch: passes[e].epoch)
            return .call(limit: nil, isProbe: false)
        }
        progress[e] = CallProgress()
        allowance[e] = storeTimeout
        return admit(e, at: now)
    }

    mutating func resume(_ e: Int, with answer: StoreAnswer<StoreReply>, at now: Timestamp) -> AlgorithmStep<StoreAction> {
        guard let request = requests[e] else { return .done }
        requests[e] = nil
        witness.answered(answer, e)
        enter(e, at: now)
        allowance[e] -= now.since(askedAt[e])
        let reply: StoreReply =
            switch answer {
            case .reply(let reply): reply
            case .failed(let isThrottling, let mayHaveBeenApplied):
                .failed(StoreFailure(isThrottling: isThrottling, mayHaveBeenApplied: mayHaveBeenApplied))
            }
        machines[e].receive(reply, to: request, &progress[e], at: now)
        publish(e, at: now)
        return stages[e] == .admission ? admit(e, at: now) : settle(e, at: now)
    }

    mutating func finish(_ e: Int, _ outcome: CallOutcome, at now: Timestamp) -> AlgorithmStep<StoreAction> {
        let ticket: Ticket
        witness.ledgers[e].hasFailed = false
        if let epoch = passing[e] {
            passing[e] = nil
            if outcome == .success {
                freeSuccesses[e] += 1
                return .done
            }
            enter(e, at: now)
            var late = machines[e].countedTicket(at: now)
            if late.epoch != epoch { late.epoch = Epoch(rawValue: -1) }
            ticket = late
            progress[e] = CallProgress()
            allowance[e] = storeTimeout
        } else {
            guard let admitted = tickets[e] else { return .done }
            ticket = admitted
            if ticket.isProbe, !ticket.isOwn { witness.probeEnded() }
            enter(e, at: now)
            progress[e] = CallProgress()
        }
        tickets[e] = ticket
        let verdict = verdict(outcome, of: ticket, at: now)
        isSettlingFailure[e] = outcome != .success
        witness.note(verdict, of: ticket)
        machines[e].finish(ticket, verdict, &progress[e], at: now)
        publish(e, at: now)
        return settle(e, at: now)
    }

    private func verdict(_ outcome: CallOutcome, of ticket: Ticket, at now: Timestamp) -> Outcome {
        guard outcome == .success else { return .failure(retryAfter: nil) }
        return .success(isSlow: rules.slowLimit.map { now.since(ticket.admittedAt) > $0 } ?? false)
    }

    private mutating func admit(_ e: Int, at now: Timestamp) -> AlgorithmStep<StoreAction> {
        stages[e] = .admission
        enter(e, at: now)
        let admission =
            allowance[e] <= 0 ? machines[e].admitLate(&progress[e], at: now) : machines[e].admit(&progress[e], at: now)
        publish(e, at: now)
        switch admission {
        case .permit(let ticket):
            witness.admitted(ticket, e, by: machines[e], isLate: allowance[e] <= 0, at: now)
            tickets[e] = ticket
            stages[e] = .calling
            return .call(limit: limit(of: ticket, e, at: now), isProbe: ticket.isProbe)
        case .rejected(let rejection):
            witness.rejected(rejection)
            if case .ramping = rejection.reason { return .reject(isRamp: true) }
            return .reject(isRamp: false)
        case .perform(let request):
            return ask(request, e, at: now)
        case .join:
            return .reject(isRamp: false)
        }
    }

    private mutating func settle(_ e: Int, at now: Timestamp) -> AlgorithmStep<StoreAction> {
        stages[e] = .settlement
        guard !progress[e].isSettled, allowance[e] > 0 else { return settled(e, at: now) }
        enter(e, at: now)
        let step = machines[e].settle(&progress[e], at: now)
        publish(e, at: now)
        switch step {
        case .done: return settled(e, at: now)
        // One call at a time: no other call of this environment can be asking.
        case .join: return .done
        case .perform(let request): return ask(request, e, at: now)
        }
    }

    private mutating func settled(_ e: Int, at now: Timestamp) -> AlgorithmStep<StoreAction> {
        if isSettlingFailure[e], allowance[e] > 0, let ticket = tickets[e] {
            witness.settled(ticket, e, isStoreUsable: machines[e].store.isUsable(at: now) && !machines[e].store.isLost)
        }
        tickets[e] = nil
        return .done
    }

    private mutating func ask(_ request: StoreRequest, _ e: Int, at now: Timestamp) -> AlgorithmStep<StoreAction> {
        requests[e] = request
        askedAt[e] = now
        return .ask(request.action, limit: allowance[e])
    }

    private func limit(of ticket: Ticket, _ e: Int, at now: Timestamp) -> Milliseconds? {
        let lease = ticket.leaseExpiry.map { $0.since(now) }
        let left = deadline.map { $0 - now.since(begunAt[e]) }
        guard let lease, let left else { return lease ?? left }
        return min(lease, left)
    }

    // MARK: around the lock

    private mutating func enter(_ e: Int, at now: Timestamp) {
        guard freeSuccesses[e] > 0 else { return }
        machines[e].countFreeSuccesses(Int(freeSuccesses[e]), at: now)
        freeSuccesses[e] = 0
    }

    private mutating func publish(_ e: Int, at now: Timestamp) {
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

    // MARK: the store's part

    static func nextAttempt(of record: CircuitRecord) -> Timestamp? {
        record.state == .open ? record.nextAttempt : nil
    }

    static func demand(of action: StoreAction, on record: CircuitRecord?) -> StoreDemand {
        switch action {
        case .read(let isConsistent):
            let units = ItemSize.readUnits(of: record)
            return StoreDemand(kind: isConsistent ? .consistentRead : .eventualRead, units: isConsistent ? units : units / 2)
        case .report, .change:
            return StoreDemand(kind: .write, units: ItemSize.writeUnits(of: record))
        }
    }

    mutating func answer(_ action: StoreAction, reading record: CircuitRecord?) -> StoreReply {
        .record(verbs.read(record))
    }

    mutating func write(_ action: StoreAction, to record: inout CircuitRecord?, from e: Int, at now: Milliseconds) -> (StoreReply, isChanged: Bool) {
        let before = record ?? CircuitRecord()
        var next = before
        switch action {
        case .read:
            return (.record(record), false)
        case .report(let report):
            guard verbs.report(&next, report) else { return (.reported(.refused(record)), false) }
            witness.reported(report, from: e, before: before, after: next)
            record = next
            return (.reported(.accepted(next)), true)
        case .change(let change):
            guard verbs.change(&next, change) else { return (.changed(.lost(record)), false) }
            witness.changed(change, by: e, before: before, after: next)
            record = next
            return (.changed(.won(next)), true)
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
