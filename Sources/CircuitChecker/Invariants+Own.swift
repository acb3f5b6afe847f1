//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// What must hold of an environment that decides on its own, since the store fails it.
extension World {
    mutating func noteSeen(_ outcome: Outcome, of ticket: Ticket, _ e: Int, at clock: Timestamp) {
        let machine = environments[e].machine
        guard case .failure = outcome, ticket.kind == .counted, ticket.epoch == machine.view.record.epoch, machine.view.record.state == .closed
        else { return }
        // Its own circuit may have closed again since the call was admitted.
        guard ticket.ownEpoch == machine.own.epoch || ticket.epoch == machine.own.epoch else { return }
        environments[e].ghost.seen.append(clock)
        if machine.store.isFailing { environments[e].ghost.seenAlone.append(clock) }
    }

    // What was seen in another epoch, or before the own circuit's open time was over, says nothing any more.
    mutating func forgetSeen(_ e: Int, before epoch: Epoch, in scenario: Scenario) {
        let machine = environments[e].machine
        let hasRecovered = machine.own.state == .closed && machine.own.reason.map(\.isOfProbes) ?? false
        let isOver = machine.own.state == .halfOpen || machine.own.state == .open && scenario.rules.isDue(machine.own.nextAttempt, at: clock(of: e))
        if machine.view.record.epoch != epoch || hasRecovered || isOver { environments[e].ghost.seen = [] }
        if environments[e].ghost.seen.isEmpty || !machine.store.isFailing { environments[e].ghost.seenAlone = [] }
    }

    mutating func acknowledgeSeen(_ report: CircuitReport, _ e: Int) {
        let count = report.buckets.reduce(0) { $0 + $1.tally.failures }
        environments[e].ghost.seen.removeFirst(min(count, environments[e].ghost.seen.count))
    }

    mutating func checkOwn(_ ticket: Ticket, _ e: Int, in scenario: Scenario) {
        let clock = clock(of: e)
        let machine = environments[e].machine
        let rules = scenario.rules
        guard rules.sharing.onStoreLoss == .local, machine.orderInForce(at: clock) == nil else { return }
        let view = machine.view.record
        if ticket.isOwn, view.state != .closed, environments[e].ghost.failedRequests < 2 {
            // I3: one lost request makes nobody probe beside the fleet's own probes.
            violate("I3", "a probe of the environment's own set out after one lost request")
        }
        guard ticket.kind == .counted else { return }
        if view.state != .closed, !(machine.own.state == .closed && machine.own.reason.map(\.isOfProbes) ?? false) {
            violate("I6", "a call passed while the circuit in view is not CLOSED, and no probe of the environment's own has succeeded")
        }
        guard case .failures(let threshold, let share) = rules.policy.rule, share == 0, rules.policy.minimumReporters <= 1 else { return }
        guard scenario.budget.clockSteps == 0 else { return }
        guard environments[e].calls.allSatisfy({ $0.settles == nil && !$0.isWriting }) else { return }
        let start = rules.windowStart(at: clock)
        if let alone = rules.alone, machine.store.isFailing {
            let count = environments[e].ghost.seenAlone.count { rules.bucketStart(at: $0) >= start }
            if count >= alone.threshold { violate("I6", "a call passed though its environment saw \(count) failures since the store failed it") }
        }
        let count = environments[e].ghost.seen.count { rules.bucketStart(at: $0) >= start }
        if count >= threshold {
            violate(
                "I6",
                "a call passed though its environment itself saw \(count) failures that it could not report, and \(threshold) open the circuit"
            )
        }
    }
}

extension Call {
    fileprivate var isWriting: Bool {
        switch stage {
        case .sent(let request), .answered(let request, _): !request.action.isRead
        case .ready, .joined, .running: false
        }
    }
}

extension ChangeReason {
    fileprivate var isOfProbes: Bool {
        if case .probesSucceeded = self { true } else { false }
    }
}
