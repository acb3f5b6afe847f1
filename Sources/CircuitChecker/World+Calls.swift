//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// The checker's shell around the session: what a step says is done here, one thing at a time.
extension World {
    mutating func begin(_ e: Int, in scenario: Scenario) {
        let before = environments[e].session
        forgetSeen(e, before: before.machine.view.record.epoch, in: scenario)
        var call = Call(purpose: .call)
        call.begunAt = now
        let step = environments[e].session.begin(&call.session, at: clock(of: e))
        checkPass(step, of: call, before, e)
        environments[e].calls.append(call)
        take(step, e, environments[e].calls.count - 1, in: scenario)
    }

    // Another call's answer has come.
    mutating func proceed(_ e: Int, _ c: Int, after time: Int64 = 0, in scenario: Scenario) {
        var call = environments[e].calls[c]
        let step = environments[e].session.waited(time, timedOut: time > 0, &call.session, isCancelled: call.isCancelled, at: clock(of: e))
        environments[e].calls[c] = call
        take(step, e, c, in: scenario)
    }

    mutating func startCommand(_ e: Int, _ command: Command, in scenario: Scenario) {
        var call = Call(purpose: .command(command))
        let step = environments[e].session.begin(command, &call.session, at: clock(of: e))
        environments[e].calls.append(call)
        take(step, e, environments[e].calls.count - 1, in: scenario)
    }

    mutating func flush(_ e: Int, in scenario: Scenario) {
        var call = Call(purpose: .flush)
        let step = environments[e].session.report(&call.session, at: clock(of: e))
        environments[e].calls.append(call)
        take(step, e, environments[e].calls.count - 1, in: scenario)
    }

    mutating func finish(_ e: Int, _ c: Int, _ outcome: Outcome, in scenario: Scenario) {
        guard case .running(let ticket) = environments[e].calls[c].stage else { return }
        let now = clock(of: e)
        note(outcome, of: ticket)
        var call = environments[e].calls[c]
        call.settles = .init(ticket: ticket, outcome: outcome)
        call.hasFailed = false
        if case .failure = outcome { call.endedAt = now }
        noteSeen(outcome, of: ticket, e, at: now)
        let epoch = environments[e].machine.view.record.epoch
        let step = environments[e].session.ended(outcome, &call.session, at: now)
        environments[e].calls[c] = call
        forgetSeen(e, before: epoch, in: scenario)
        take(step, e, c, in: scenario)
    }

    mutating func deliver(_ reply: StoreReply, to request: StoreRequest, after time: Int64 = 0, _ e: Int, _ c: Int, in scenario: Scenario) {
        let before = environments[e].machine.view.record
        forgetSeen(e, before: before.epoch, in: scenario)
        var call = environments[e].calls[c]
        call.stage = .ready
        if case .failed(let failure) = reply {
            // A read that is throttled keeps nobody from reporting.
            if !failure.isThrottling || !request.action.isRead {
                call.hasFailed = true
                environments[e].ghost.isExcused = true
            }
            environments[e].ghost.failedRequests = min(environments[e].ghost.failedRequests + 1, 2)
            if !failure.isThrottling { environments[e].ghost.isCutOff = true }
        } else {
            environments[e].ghost.isCutOff = false
        }
        // A report that the record refused was judged by the record.
        if case .reported = reply, case .report(let report) = request.action { acknowledgeSeen(report, e) }
        if case .reported(.refused(let record?)) = reply, record.state != .closed {
            environments[e].ghost.refusedBy = max(environments[e].ghost.refusedBy ?? .zero, record.epoch)
        }
        if call.purpose == .look { return collect(reply, to: request, e, c, in: scenario) }
        for other in environments[e].calls.indices where environments[e].calls[other].stage == .joined {
            environments[e].calls[other].stage = .ready
        }
        let step = environments[e].session.answered(reply, after: time, &call.session, isCancelled: call.isCancelled, at: clock(of: e))
        environments[e].calls[c] = call
        forgetSeen(e, before: before.epoch, in: scenario)
        checkView(e, after: before, reply, to: request, in: scenario)
        checkCommand(call, step, after: reply)
        take(step, e, c, in: scenario)
    }

    private mutating func collect(_ reply: StoreReply, to request: StoreRequest, _ e: Int, _ c: Int, in scenario: Scenario) {
        let before = environments[e].machine.view.record
        environments[e].calls.remove(at: c)
        for other in environments[e].calls.indices where environments[e].calls[other].stage == .joined {
            environments[e].calls[other].stage = .ready
        }
        environments[e].session.collected(reply, to: request, at: clock(of: e))
        _ = environments[e].session.takeNotices()
        forgetSeen(e, before: before.epoch, in: scenario)
        checkView(e, after: before, reply, to: request, in: scenario)
        sendLooks(e)
    }

    private mutating func sendLooks(_ e: Int) {
        for request in environments[e].session.takeLooks() {
            var look = Call(purpose: .look)
            look.stage = .sent(request)
            environments[e].calls.append(look)
        }
    }

    private mutating func take(_ step: Session.Step, _ e: Int, _ c: Int, in scenario: Scenario) {
        _ = environments[e].session.takeNotices()
        defer { sendLooks(e) }
        checkPatience(step, of: environments[e].calls[c], e)
        switch step {
        case .run(let ticket, _):
            budget.permits -= 1
            checkAdmission(of: ticket, environments[e].calls[c], e, in: scenario)
            environments[e].calls[c].stage = .running(ticket)
            environments[e].calls[c].begunAt = nil
        case .reject(let rejection):
            checkRejection(rejection, e, c, in: scenario)
            environments[e].calls.remove(at: c)
        case .ask(let request, _):
            checkAllowance(of: environments[e].calls[c])
            environments[e].calls[c].stage = .sent(request)
        case .wait:
            checkAllowance(of: environments[e].calls[c])
            environments[e].calls[c].stage = .joined
        case .done(let ending):
            let call = environments[e].calls.remove(at: c)
            if ending == .cancelled { checkCancellation(of: call, e) }
            if let settles = call.settles { checkSettlement(of: call, settles.ticket, settles.outcome, e, in: scenario) }
        }
    }
}
