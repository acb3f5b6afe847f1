//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// One thing that may happen next.
package enum Step: Hashable, Sendable {
    case tick(Int64)
    // From now on nothing breaks any more.
    case heal
    case begin(Int)
    case proceed(Int, Int)
    case apply(Int, Int)
    case answerStale(Int, Int)
    case applyAgain(Int, Int)
    case copy(Int, Int)
    case deliver(Int, Int)
    // The reply arrives when the caller's allowance for the store is just used up.
    case deliverLate(Int, Int)
    // The allowance of a call that waits for another's reply is used up.
    case stopWaiting(Int, Int)
    case giveUp(Int, Int)
    case refuse(Int, Int)
    case throttle(Int, Int)
    case stray(Int)
    case finish(Int, Int, Outcome)
    case cancel(Int, Int)
    case crash(Int)
    case setBack(Int)
    case update(Int)
    // Reports what is unreported, as a process that ends does.
    case flush(Int)
    case order(Int, CircuitOrder.Kind)
    case lift(Int)
    case reset(Int)
    case delete
    case foreignCheck(Int)
    case foreignFinish(Int, Bool)
    case foreignSave(Int)
}

extension Step {
    // Whose step it is.
    var environment: Int? {
        switch self {
        case .begin(let e), .proceed(let e, _), .apply(let e, _), .answerStale(let e, _), .applyAgain(let e, _), .copy(let e, _), .deliver(let e, _),
            .deliverLate(let e, _), .stopWaiting(let e, _), .giveUp(let e, _), .refuse(let e, _), .throttle(let e, _), .finish(let e, _, _),
            .cancel(let e, _), .crash(let e), .setBack(let e), .update(let e), .flush(let e), .order(let e, _), .lift(let e), .reset(let e):
            e
        case .tick, .heal, .stray, .delete, .foreignCheck, .foreignFinish, .foreignSave: nil
        }
    }
}

extension World {
    func steps(in scenario: Scenario) -> [Step] {
        var steps: [Step] = []
        for e in environments.indices { addSteps(of: e, in: scenario, to: &steps) }
        for index in strays.indices where strays.firstIndex(of: strays[index]) == index { steps.append(.stray(index)) }
        for f in foreign.indices {
            switch foreign[f].stage {
            case .idle: if budget.foreignCalls > 0 { steps.append(.foreignCheck(f)) }
            case .running: steps += [.foreignFinish(f, true), .foreignFinish(f, false)]
            case .saving: steps.append(.foreignSave(f))
            }
        }
        if budget.deletions > 0, record != nil, environments.allSatisfy({ $0.calls.isEmpty }), strays.isEmpty { steps.append(.delete) }
        steps.append(.tick(1))
        return steps
    }

    private func addSteps(of e: Int, in scenario: Scenario, to steps: inout [Step]) {
        let environment = environments[e]
        let asking = environments.reduce(0) { $0 + $1.calls.count { $0.isAdmission } }
        if environment.callsUnderWay < scenario.callsAtOnce, budget.permits > asking { steps.append(.begin(e)) }
        for c in environment.calls.indices {
            let call = environment.calls[c]
            switch call.stage {
            case .ready:
                steps.append(.proceed(e, c))
            case .joined:
                if budget.losses > 0 { steps.append(.stopWaiting(e, c)) }
            case .sent(let request):
                steps.append(.apply(e, c))
                if budget.staleReads > 0, request.action == .read(consistent: false), canReadStale(in: scenario) { steps.append(.answerStale(e, c)) }
                if budget.duplicates > 0, !request.action.isRead { steps.append(.copy(e, c)) }
                let mayFail = !scenario.readsWork || !request.action.isRead
                if budget.losses > 0, mayFail { steps.append(.giveUp(e, c)) }
                if budget.refusals > 0, mayFail { steps.append(.refuse(e, c)) }
                if budget.throttlings > 0, mayFail { steps.append(.throttle(e, c)) }
            case .answered(let request, _):
                steps.append(.deliver(e, c))
                if budget.losses > 0, !scenario.readsWork || !request.action.isRead {
                    steps.append(.giveUp(e, c))
                    if call.purpose != .look { steps.append(.deliverLate(e, c)) }
                }
                if budget.duplicates > 0, case .change = request.action { steps.append(.applyAgain(e, c)) }
            case .running:
                for outcome in scenario.outcomes { steps.append(.finish(e, c, outcome)) }
            }
            if budget.cancellations > 0, call.isAdmission, !call.isCancelled { steps.append(.cancel(e, c)) }
        }
        if budget.clockSteps > 0 { steps.append(.setBack(e)) }
        if budget.updates > 0 { steps.append(.update(e)) }
        if budget.flushes > 0 { steps.append(.flush(e)) }
        if budget.crashes > 0, !environment.calls.isEmpty { steps.append(.crash(e)) }
        if environment.callsUnderWay < scenario.callsAtOnce {
            if budget.orders > 0 {
                for kind in scenario.orders { steps.append(.order(e, kind)) }
                if record?.order != nil { steps.append(.lift(e)) }
            }
            if budget.resets > 0 { steps.append(.reset(e)) }
        }
    }

    package mutating func take(_ step: Step, in scenario: Scenario) {
        switch step {
        case .tick(let time): now += time
        case .heal: heal()
        case .begin(let e): begin(e, in: scenario)
        case .proceed(let e, let c): proceed(e, c, in: scenario)
        case .apply(let e, let c): apply(e, c, in: scenario)
        case .answerStale(let e, let c):
            budget.staleReads -= 1
            answerStale(e, c)
        case .applyAgain(let e, let c):
            budget.duplicates -= 1
            applyAgain(e, c, in: scenario)
        case .copy(let e, let c):
            budget.duplicates -= 1
            guard case .sent(let request) = environments[e].calls[c].stage else { break }
            apply(e, c, in: scenario)
            strays.append(Stray(environment: e, life: environments[e].life, action: request.action, isCopy: true))
        case .deliver(let e, let c):
            guard case .answered(let request, let reply) = environments[e].calls[c].stage else { break }
            deliver(reply, to: request, e, c, in: scenario)
        case .deliverLate(let e, let c):
            budget.losses -= 1
            guard case .answered(let request, let reply) = environments[e].calls[c].stage else { break }
            deliver(reply, to: request, after: environments[e].calls[c].session.allowance, e, c, in: scenario)
        case .stopWaiting(let e, let c):
            budget.losses -= 1
            proceed(e, c, after: environments[e].calls[c].session.allowance, in: scenario)
        case .giveUp(let e, let c):
            budget.losses -= 1
            giveUp(e, c, in: scenario)
        case .refuse(let e, let c):
            budget.refusals -= 1
            refuse(e, c, isThrottling: false, in: scenario)
        case .throttle(let e, let c):
            budget.throttlings -= 1
            refuse(e, c, isThrottling: true, in: scenario)
        case .stray(let index): applyStray(index, in: scenario)
        case .finish(let e, let c, let outcome): finish(e, c, outcome, in: scenario)
        case .cancel(let e, let c):
            budget.cancellations -= 1
            cancel(e, c, in: scenario)
        case .crash(let e):
            budget.crashes -= 1
            crash(e, in: scenario)
        case .setBack(let e):
            budget.clockSteps -= 1
            environments[e].skew -= Self.clockStep
        case .update(let e):
            budget.updates -= 1
            if let rules = scenario.laterRules { _ = environments[e].session.update(rules, at: clock(of: e)) }
        case .flush(let e):
            budget.flushes -= 1
            flush(e, in: scenario)
        case .order(let e, let kind):
            budget.orders -= 1
            startCommand(e, .order(CircuitOrder(kind, until: clock(of: e).adding(3), by: "operator", why: "test")), in: scenario)
        case .lift(let e):
            budget.orders -= 1
            startCommand(e, .lift(by: "operator", why: "test"), in: scenario)
        case .reset(let e):
            budget.resets -= 1
            startCommand(e, .reset(by: "operator", why: "test", before: environments[e].machine.view.record.epoch), in: scenario)
        case .delete:
            budget.deletions -= 1
            delete(in: scenario)
        case .foreignCheck(let f): foreignCheck(f, in: scenario)
        case .foreignFinish(let f, let succeeds): foreignFinish(f, succeeds: succeeds, in: scenario)
        case .foreignSave(let f): foreignSave(f)
        }
        checkState(in: scenario)
    }
}

extension Call {
    var isRunning: Bool {
        if case .running = stage { true } else { false }
    }

    var isAdmission: Bool { purpose == .call && settles == nil && !isRunning }
}

extension StoreAction {
    var isRead: Bool {
        if case .read = self { true } else { false }
    }
}
