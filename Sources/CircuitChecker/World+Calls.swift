//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// How the shell drives the engine: ask, do, hand the reply back.
extension World {
    mutating func begin(_ e: Int, in scenario: Scenario) {
        if scenario.hasFreePasses, let pass = environments[e].pass, clock(of: e) < pass.end {
            let ticket = Ticket(kind: .counted, epoch: pass.epoch, ownEpoch: .zero, isOwn: false, admittedAt: clock(of: e))
            checkAdmission(of: ticket, isLate: false, e, in: scenario)
            budget.permits -= 1
            var call = Call(purpose: .admission)
            call.stage = .passing(pass.epoch)
            environments[e].calls.append(call)
            return
        }
        environments[e].calls.append(Call(purpose: .admission))
        proceed(e, environments[e].calls.count - 1, in: scenario)
    }

    // One turn of the shell's loop.
    mutating func proceed(_ e: Int, _ c: Int, in scenario: Scenario) {
        let now = clock(of: e)
        enter(e, at: now)
        var call = environments[e].calls[c]
        switch call.purpose {
        case .admission:
            if call.isCancelled, call.progress.takenSlot == nil {
                environments[e].calls.remove(at: c)
                return
            }
            let admission =
                call.isLate
                ? environments[e].machine.admitLate(&call.progress, at: now) : environments[e].machine.admit(&call.progress, at: now)
            environments[e].calls[c] = call
            take(admission, e, c, in: scenario)
        case .settlement(let ticket, let outcome):
            if call.progress.isSettled || call.isLate {
                leave(e, c, ticket, outcome, in: scenario)
                break
            }
            switch environments[e].machine.settle(&call.progress, at: now) {
            case .done:
                environments[e].calls[c] = call
                leave(e, c, ticket, outcome, in: scenario)
            case .perform(let request):
                call.stage = .sent(request)
                environments[e].calls[c] = call
            case .join:
                call.stage = .joined
                environments[e].calls[c] = call
            }
        case .order(let order):
            if call.attempts > 0, environments[e].machine.view.record.order == order || call.attempts > 3 || call.hasFailed {
                environments[e].calls.remove(at: c)
                break
            }
            call.attempts += 1
            let request =
                call.attempts == 1
                ? environments[e].machine.readForOrder(at: now) : environments[e].machine.order(order, for: &call.progress, at: now)
            call.stage = .sent(request)
            environments[e].calls[c] = call
        case .reset:
            let isDone = call.attempts > 1 && environments[e].machine.view.record.reason == World.resetReason
            if isDone || call.attempts > 3 || call.hasFailed {
                environments[e].calls.remove(at: c)
                break
            }
            call.attempts += 1
            let request =
                call.attempts == 1
                ? environments[e].machine.readForOrder(at: now)
                : environments[e].machine.reset(by: "operator", why: "test", for: &call.progress, at: now)
            call.stage = .sent(request)
            environments[e].calls[c] = call
        }
        publish(e, in: scenario)
    }

    static var resetReason: ChangeReason { .ordered(by: "operator", why: "test") }

    private mutating func take(_ admission: Admission, _ e: Int, _ c: Int, in scenario: Scenario) {
        switch admission {
        case .permit(let ticket):
            budget.permits -= 1
            checkAdmission(of: ticket, isLate: environments[e].calls[c].isLate, e, in: scenario)
            environments[e].calls[c].stage = .running(ticket)
            if environments[e].calls[c].isCancelled { finish(e, c, .unused, in: scenario) }
        case .rejected(let rejection):
            checkRejection(rejection, e, c, in: scenario)
            environments[e].calls.remove(at: c)
        case .perform(let request):
            environments[e].calls[c].stage = .sent(request)
        case .join:
            environments[e].calls[c].stage = .joined
        }
    }

    mutating func finish(_ e: Int, _ c: Int, _ outcome: Outcome, in scenario: Scenario) {
        let now = clock(of: e)
        let ticket: Ticket
        switch environments[e].calls[c].stage {
        case .running(let admitted): ticket = admitted
        case .passing(let epoch):
            if outcome == .success(isSlow: false) {
                environments[e].freeSuccesses += 1
                environments[e].calls.remove(at: c)
                return
            }
            enter(e, at: now)
            var late = environments[e].machine.countedTicket(at: now)
            if late.epoch != epoch { late.epoch = Epoch(rawValue: -1) }
            ticket = late
        default: return
        }
        enter(e, at: now)
        note(outcome, of: ticket)
        var call = Call(purpose: .settlement(ticket, outcome))
        if case .failure = outcome { call.endedAt = now }
        environments[e].machine.finish(ticket, outcome, &call.progress, at: now)
        environments[e].calls[c] = call
        publish(e, in: scenario)
        if !scenario.hasGaps { proceed(e, c, in: scenario) }
    }

    // The shell leaves a settlement when it is done, or when its time is over.
    private mutating func leave(_ e: Int, _ c: Int, _ ticket: Ticket, _ outcome: Outcome, in scenario: Scenario) {
        let call = environments[e].calls.remove(at: c)
        checkSettlement(of: call, ticket, outcome, e, in: scenario)
    }

    mutating func deliver(_ reply: StoreReply, to request: StoreRequest, _ e: Int, _ c: Int, in scenario: Scenario) {
        let now = clock(of: e)
        enter(e, at: now)
        let before = environments[e].machine.view.record
        var call = environments[e].calls[c]
        call.stage = .ready
        environments[e].machine.receive(reply, to: request, &call.progress, at: now)
        if case .failed(let failure) = reply {
            call.hasFailed = true
            environments[e].ghost.isExcused = true
            if !failure.isThrottling { environments[e].ghost.isCutOff = true }
        } else {
            environments[e].ghost.isCutOff = false
        }
        if case .reported(.refused(let record?)) = reply, record.state != .closed {
            environments[e].ghost.refusedBy = max(environments[e].ghost.refusedBy ?? .zero, record.epoch)
        }
        environments[e].calls[c] = call
        for other in environments[e].calls.indices where environments[e].calls[other].stage == .joined {
            environments[e].calls[other].stage = .ready
        }
        checkView(e, after: before, reply, to: request, in: scenario)
        publish(e, in: scenario)
        if !scenario.hasGaps { proceed(e, c, in: scenario) }
    }

    // Successes of the healthy path are counted whenever the engine is next asked.
    private mutating func enter(_ e: Int, at now: Timestamp) {
        guard environments[e].freeSuccesses > 0 else { return }
        environments[e].machine.countFreeSuccesses(environments[e].freeSuccesses, at: now)
        environments[e].freeSuccesses = 0
    }

    mutating func publish(_ e: Int, in scenario: Scenario) {
        _ = environments[e].machine.takeNotices()
        guard scenario.hasFreePasses else { return }
        let epoch = environments[e].machine.view.record.epoch
        environments[e].pass = environments[e].machine.freePass(at: clock(of: e)).map { .init(end: $0, epoch: epoch) }
    }
}
