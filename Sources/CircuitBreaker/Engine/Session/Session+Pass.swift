//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// A decision that holds for a while, so that calls need not ask for it: every call is admitted, or every call is rejected.
package struct Pass: Hashable, Sendable {
    package enum Decision: Hashable, Sendable {
        case admit
        case reject(Rejection, comeBackAt: Timestamp)
    }

    package var decision: Decision
    // The epoch that it was given in.
    package var epoch: Epoch
    package var end: Timestamp

    // A clock may be read coarsely, and then lags behind by up to so many milliseconds.
    package static let clockTick: Int64 = 20

    // A clock that was set back since voids it: no pass is given for longer.
    package static func holds(for remaining: Int64, longest: Int64) -> Bool {
        remaining > 0 && remaining <= longest
    }

    package static func longest(_ rules: CircuitRules, admits: Bool) -> Int64 {
        (admits ? rules.maxHealthyViewAge : rules.maxViewAge).addingReportingOverflow(clockTick).partialValue
    }

    package static func wait(until comeBackAt: Timestamp, at now: Timestamp) -> Int64 {
        max(1, comeBackAt.since(now))
    }
}

extension Session {
    // Decides by the pass in force, if there is one.
    mutating func passBy(_ call: inout Call, at now: Timestamp) -> Step? {
        guard usesPasses, let pass else { return nil }
        guard Pass.holds(for: pass.end.since(now), longest: Pass.longest(rules, admits: pass.decision == .admit)) else { return nil }
        switch pass.decision {
        case .admit:
            let ticket = machine.countedTicket(of: pass.epoch, at: now)
            call = passedCall(ticket, limits: call.limits)
            return .run(ticket, limit: call.limits.left(at: now))
        case .reject(var rejection, let comeBackAt):
            call.phase = .over
            rejection.retryAfterMilliseconds = Pass.wait(until: comeBackAt, at: now)
            return .reject(rejection)
        }
    }

    // A call that a pass of an epoch admitted without the lock, so many milliseconds ago as far as anybody knows.
    package func passedCall(of epoch: Epoch, margin: Int64? = nil, took: Int64 = 0, at now: Timestamp) -> Call {
        var limits = Limits()
        limits.margin = margin
        return passedCall(machine.countedTicket(of: epoch, at: now.adding(-max(0, took))), limits: limits)
    }

    private func passedCall(_ ticket: Ticket, limits: Limits) -> Call {
        var call = Call(limits: limits)
        call.phase = .running
        call.isPassed = true
        call.allowance = rules.storeTimeout
        call.ticket = ticket
        return call
    }

    // Successes that were counted without the lock.
    package mutating func count(passed: Int) {
        self.passed += passed
    }

    mutating func enter(at now: Timestamp) {
        guard passed > 0 else { return }
        machine.countFreeSuccesses(passed, at: now)
        passed = 0
    }

    mutating func leave(at now: Timestamp) {
        guard usesPasses else { return }
        let epoch = machine.view.record.epoch
        if let refusal = machine.freeRefusal(at: now) {
            let comeBackAt = now.adding(refusal.rejection.retryAfterMilliseconds)
            pass = Pass(decision: .reject(refusal.rejection, comeBackAt: comeBackAt), epoch: epoch, end: refusal.end)
        } else {
            pass = machine.freePass(at: now).map { Pass(decision: .admit, epoch: epoch, end: $0) }
        }
    }
}
