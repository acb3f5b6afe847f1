//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// What must hold of every write to the record.
extension Witness {
    mutating func reported(_ report: CircuitReport, from e: Int, before: CircuitRecord, after: CircuitRecord) {
        turnPage(e)
        for bucket in report.buckets where bucket.tally.failures > 0 {
            ledgers[e].arrived += bucket.tally.failures
            if let index = acknowledged.firstIndex(where: { $0.start == bucket.start }) {
                acknowledged[index].failures += bucket.tally.failures
            } else {
                acknowledged.append((bucket.start, bucket.tally.failures))
            }
        }
        if report.epoch != before.epoch {
            violate("I4", "a report of epoch \(report.epoch.rawValue) was added in epoch \(before.epoch.rawValue)")
        }
        let total = after.window.buckets.reduce(0) { $0 + $1.tally.failures }
        if total > failures {
            violate("I4", "the window of epoch \(after.epoch.rawValue) holds \(total) failures, but \(failures) calls of that epoch failed")
        }
        checkWindow(after)
    }

    // The window holds every failure of every acknowledged report, as long as any clock of the fleet counts it.
    private mutating func checkWindow(_ record: CircuitRecord) {
        let start = rules.windowStart(at: slowest)
        acknowledged.removeAll { $0.start < start }
        for slice in acknowledged {
            let held = record.window.buckets.first { $0.start == slice.start }?.tally.failures ?? 0
            if held < slice.failures { violate("I1", "reports of \(slice.failures) failures were acknowledged, the window holds \(held)") }
        }
    }

    mutating func changed(_ change: CircuitChange, by e: Int, before: CircuitRecord, after: CircuitRecord) {
        switch change.target {
        case .transition(let transition):
            tell("environment \(e): \(before.state.rawValue) to \(transition.state.rawValue), \(transition.reason)")
            if change.condition.epoch != before.epoch {
                violate("I2", "a change of state decided in epoch \(change.condition.epoch?.rawValue ?? -1) was made in \(before.epoch.rawValue)")
            }
            if transition.epoch <= highestEpoch {
                violate("I2", "epoch \(transition.epoch.rawValue) follows \(highestEpoch.rawValue)")
            }
            check(transition, of: before)
            begin(after)
        case .countSuccess:
            tell("environment \(e): \(after.successCount) probes succeeded")
            if after.successCount > goodProbes {
                violate("I4", "the record counts \(after.successCount) probes, but \(goodProbes) of its epoch succeeded")
            }
        case .takeSlot(_, let reclaimed):
            tell("environment \(e): takes a slot\(reclaimed ? " whose lease is over" : "")")
        case .releaseSlot, .order:
            break
        }
        checkBounds(after)
    }

    private mutating func check(_ transition: CircuitChange.Transition, of before: CircuitRecord) {
        switch transition.reason {
        case .failures(let count, _, _, _), .consecutiveFailures(let count, _), .failureRate(let count, _, _):
            if before.state != .closed { violate("I4", "failures opened a circuit that was \(before.state.rawValue)") }
            if count > failures { violate("I4", "\(count) failures opened the circuit, but \(failures) happened in its epoch") }
        case .slowCallRate(let count, _, _):
            if count > slowCalls { violate("I4", "\(count) slow calls opened the circuit, but \(slowCalls) happened in its epoch") }
        case .nextAttemptDue:
            if before.state == .open, fastest < before.nextAttempt {
                violate("I6", "a probe sets out \(before.nextAttempt.since(fastest)) ms before the next attempt is due")
            }
        case .probesSucceeded:
            if before.state != .halfOpen || goodProbes < rules.recovery.successesToClose {
                violate("I4", "the circuit was \(before.state.rawValue) and closed for probes, of which \(goodProbes) of its epoch succeeded")
            }
        case .probeFailed:
            if before.state != .halfOpen || badProbes == 0 { violate("I4", "\(before.state.rawValue) opened again for a probe of another epoch") }
        case .probesLost:
            if before.state != .halfOpen { violate("I4", "\(before.state.rawValue) opened again for lost probes") }
        case .ordered, .adopted, .putBack:
            break
        }
    }

    private mutating func begin(_ record: CircuitRecord) {
        epoch = record.epoch
        highestEpoch = max(highestEpoch, epoch)
        state = record.state
        notClosedSince = state == .closed ? nil : notClosedSince ?? now
        halfOpenSince = state == .halfOpen ? now : nil
        hasStoreFailed = false
        (failures, slowCalls, goodProbes, badProbes) = (0, 0, 0, 0)
        acknowledged = []
    }

    private mutating func checkBounds(_ record: CircuitRecord) {
        let latest = fastest.adding(rules.lease)
        if record.slots.values.contains(where: { $0.leaseEnd > latest }) { violate("I5", "a slot is held for longer than a lease") }
        let longest = max(rules.maximumOpenTime * (rules.recovery.jitter > 0 ? 2 : 1), rules.maximumRetryAfter)
        if record.state == .open, record.nextAttempt > fastest.adding(longest) { violate("I5", "OPEN lasts longer than it may") }
    }
}
