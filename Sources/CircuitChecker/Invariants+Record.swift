//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// What must hold of every write to the record.
extension World {
    // Called whenever the record has changed.
    mutating func noteRecord() {
        let record = record ?? CircuitRecord()
        let isClosed = record.state == .closed && record.foreignState == .closed
        ghost.notClosedSince = isClosed ? nil : ghost.notClosedSince ?? now
        if record.orderEpoch != ghost.orderEpoch {
            ghost.orderEpoch = record.orderEpoch
            ghost.forcedOpenSince = record.order?.kind == .forceOpen ? now : nil
        }
        ghost.highestEpoch = max(ghost.highestEpoch, record.epoch)
        guard record.epoch != ghost.epoch else { return }
        ghost.epoch = record.epoch
        ghost.failures = 0
        ghost.slowCalls = 0
        ghost.successes = 0
        ghost.surplusSuccesses = 0
        ghost.goodProbes = 0
        ghost.badProbes = 0
        ghost.foreignFailures = 0
        ghost.foreignFailedAt = .zero
        ghost.foreignLeftovers = 0
        ghost.isForeignCountLost = false
        // Epoch 0 alone returns, when a record is gone: what its environments could not report before that still counts while the window lasts.
        ghost.surplus = record.epoch == .zero ? environments.reduce(0) { $0 + $1.machine.failuresToReport(in: .zero) } : 0
        ghost.surplusProbes = 0
        ghost.acknowledged = [:]
        for e in environments.indices {
            environments[e].ghost.isExcused = false
            environments[e].ghost.settled = 0
            environments[e].ghost.arrived = 0
        }
    }

    mutating func noteForeignCount(from before: CircuitRecord, to after: CircuitRecord) {
        let (old, new) = (before.shared.failureCount, after.shared.failureCount)
        if new < old { ghost.isForeignCountLost = true }
        // What it had loaded before the last change of state is of another epoch.
        guard new > old else { return }
        guard after.shared.lastFailureTime >= before.since else {
            ghost.foreignLeftovers += new - old
            return
        }
        ghost.foreignFailures += new - old
        ghost.foreignFailedAt = after.shared.lastFailureTime
    }

    mutating func noteReport(_ report: CircuitReport, from e: Int?, isCopy: Bool, to next: CircuitRecord) {
        let failures = report.buckets.reduce(0) { $0 + $1.tally.failures }
        let successes = report.buckets.reduce(0) { $0 + $1.tally.successes }
        if report.lastFailure != nil, !report.keepsLastFailureTime, case .add = report.showing {
            ghost.surplus += ghost.foreignLeftovers
            ghost.foreignLeftovers = 0
        }
        if isCopy {
            ghost.surplus += failures
            ghost.surplusSuccesses += successes
        } else if let e {
            environments[e].ghost.arrived += failures
        }
        for bucket in report.buckets where bucket.tally.failures > 0 { ghost.acknowledged[bucket.start, default: 0] += bucket.tally.failures }
        // I4: the window holds no outcome but those of calls admitted in its own epoch.
        let total = next.window.buckets.reduce(0) { $0 + $1.tally.failures }
        if total > ghost.failures + ghost.surplus {
            violate("I4", "the window of epoch \(next.epoch.rawValue) holds \(total) failures, but \(ghost.failures) calls of that epoch failed")
        }
        let good = next.window.buckets.reduce(0) { $0 + $1.tally.successes }
        if countsSuccesses, good > ghost.successes + ghost.surplusSuccesses {
            violate("I4", "the window of epoch \(next.epoch.rawValue) holds \(good) successes, but \(ghost.successes) calls of that epoch succeeded")
        }
        if report.epoch != (record?.epoch ?? .zero) {
            violate("I4", "a report of epoch \(report.epoch.rawValue) was added in epoch \((record?.epoch ?? .zero).rawValue)")
        }
    }

    mutating func checkChange(
        _ change: CircuitChange,
        by e: Int,
        of before: CircuitRecord,
        to after: CircuitRecord,
        isCopy: Bool,
        in scenario: Scenario
    ) {
        switch change.target {
        case .transition(let transition):
            // I2: a change is made from the epoch it was decided in, and no epoch comes twice.
            if change.condition.epoch != before.epoch {
                let decided = change.condition.epoch.map { "epoch \($0.rawValue)" } ?? "no epoch"
                violate("I2", "a change of state decided in \(decided) was made in epoch \(before.epoch.rawValue)")
            }
            if transition.epoch <= ghost.highestEpoch {
                violate("I2", "epoch \(transition.epoch.rawValue) follows \(ghost.highestEpoch.rawValue)")
            }
            checkTransition(transition, by: e, of: before, in: scenario)
        case .countSuccess:
            if isCopy { ghost.surplusProbes += 1 }
            // I4: only probes of this epoch count.
            if after.successCount > ghost.goodProbes + ghost.surplusProbes {
                violate("I4", "the record counts \(after.successCount) probes, but \(ghost.goodProbes) of its epoch succeeded")
            }
        case .order(let order, let fence):
            // I2: no order takes the place of one that its giver has not seen.
            let isSame = fence == before.orderEpoch && order == before.order
            if change.condition.orderEpoch != before.orderEpoch || fence <= before.orderEpoch && !isSame {
                violate("I2", "an order given after order \(change.condition.orderEpoch?.rawValue ?? -1) came after \(before.orderEpoch.rawValue)")
            }
            // I9: foreign writers see an order that forces the circuit open, and no more of it when it is over.
            if let order, order.kind == .forceOpen {
                if !after.isMirrored || after.shared.nextAttempt != order.until {
                    violate("I9", "foreign writers see \(after.shared.circuitState) though an order forces the circuit open")
                }
            } else if before.isMirrored, after.shared.circuitState != after.state {
                violate("I9", "foreign writers see \(after.shared.circuitState) though no order forces the circuit open any more")
            }
        case .takeSlot, .releaseSlot:
            break
        }
    }

    private mutating func checkTransition(_ transition: CircuitChange.Transition, by e: Int, of before: CircuitRecord, in scenario: Scenario) {
        let clock = clock(of: e)
        switch transition.reason {
        case .failures(let count, _, _, _), .consecutiveFailures(let count, _), .failureRate(let count, _, _):
            // I4: a circuit opens for failures of its own epoch only.
            if before.state != .closed { violate("I4", "failures opened a circuit that was \(before.state)") }
            let happened = ghost.failures + ghost.foreignFailures
            if count > happened + ghost.surplus { violate("I4", "\(count) failures opened the circuit, but \(happened) happened") }
        case .slowCallRate(let count, _, _):
            if count > ghost.slowCalls + ghost.surplus { violate("I4", "\(count) slow calls opened the circuit, but \(ghost.slowCalls) happened") }
        case .nextAttemptDue:
            // I6: OPEN lasts until the next attempt is due by the clock of whoever makes it. I9: the same for a foreign writer's OPEN.
            if before.state == .open, !scenario.rules.isDue(before.nextAttempt, at: clock) {
                violate("I6", "a probe sets out \(before.nextAttempt.since(clock)) ms before the next attempt is due")
            }
            let decidedAt = transition.now.milliseconds - environments[e].skew
            // Whoever asked before the foreign writer saved may decide by the answer, however late it comes.
            let askedAt = (environments[e].machine.view.fetchedAt?.milliseconds ?? .min).addingReportingOverflow(-environments[e].skew).partialValue
            let wasKnown = ghost.foreignSince.map { decidedAt - $0 > scenario.rules.maxViewAge && askedAt > $0 } ?? false
            if before.state != .open, before.shared.circuitState == .open, transition.now < before.shared.nextAttempt, wasKnown {
                violate("I9", "a probe sets out \(before.shared.nextAttempt.since(transition.now)) ms before a foreign writer's next attempt is due")
            }
        case .probesSucceeded:
            // I4: only successes of HALF-OPEN's own probes close a circuit.
            if before.state != .halfOpen || ghost.goodProbes + ghost.surplusProbes < scenario.rules.recovery.successesToClose {
                violate("I4", "the circuit was \(before.state) and closed for probes, of which \(ghost.goodProbes) of its epoch succeeded")
            }
        case .probeFailed:
            // I4: only a failure of HALF-OPEN's own probe opens it again.
            if before.state != .halfOpen || ghost.badProbes == 0 { violate("I4", "\(before.state) opened again for a probe of another epoch") }
        case .probesLost:
            if before.state != .halfOpen { violate("I4", "\(before.state) opened again for lost probes") }
        case .adopted:
            // I9: a foreign writer's CLOSED counts only if it is later than our next attempt.
            if transition.state == .closed, before.state == .open, before.shared.stateTimestamp < before.nextAttempt {
                violate("I9", "a foreign writer's CLOSED was adopted \(before.nextAttempt.since(before.shared.stateTimestamp)) ms early")
            }
        case .ordered, .putBack:
            break
        }
        if before.state == .open, transition.state == .open, transition.nextAttempt < before.nextAttempt {
            violate("I9", "OPEN became shorter by \(before.nextAttempt.since(transition.nextAttempt)) ms")
        }
    }
}

extension CircuitStateMachine {
    // Failures that were counted in an epoch and that the store has not acknowledged.
    fileprivate func failuresToReport(in epoch: Epoch) -> Int {
        guard unreported.epoch == epoch else { return 0 }
        return ([unreported.asReport] + [unreported.underWay].compactMap { $0 }).reduce(0) { sum, report in
            sum + report.buckets.reduce(0) { $0 + $1.tally.failures }
        }
    }
}
