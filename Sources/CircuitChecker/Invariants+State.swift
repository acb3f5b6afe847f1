//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// What must hold in every state.
extension World {
    mutating func checkState(in scenario: Scenario) {
        let rules = scenario.rules
        let slowest = Timestamp(milliseconds: now + (scenario.skews.min() ?? 0))
        let fastest = Timestamp(milliseconds: now + scenario.spread + (scenario.skews.min() ?? 0))

        // I1: the window holds every failure of every acknowledged report, as long as any clock of the fleet counts it.
        if !ghost.acknowledged.isEmpty {
            let start = rules.windowStart(at: slowest)
            ghost.acknowledged = ghost.acknowledged.filter { $0.key >= start }
            let clocks = environments.indices.map { clock(of: $0) }
            // A slice from a clock that is further ahead than allowed counts by that clock alone.
            for (start, count) in ghost.acknowledged
            where clocks.contains(where: { rules.windowStart(at: $0) <= start && start <= rules.windowEnd(at: $0) }) {
                let held = record?.window.buckets.first { $0.start == start }?.tally.failures ?? 0
                if held < count { violate("I1", "reports of \(count) failures were acknowledged, the window holds \(held)") }
            }
        }

        // I3: calls of probes under way, each until its holder's own clock says that its lease is over: then it times out.
        var probes = 0
        for environment in environments {
            for call in environment.calls {
                if case .running(let ticket) = call.stage, !ticket.isOwn, let expiry = ticket.leaseEnd,
                    now + environment.skew < expiry.milliseconds
                {
                    probes += 1
                }
            }
        }
        if probes > rules.recovery.probes { violate("I3", "\(probes) probes are under way, \(rules.recovery.probes) may be") }

        guard let record, !isWrong(record, in: scenario) else { return }
        // I5: no slot is held for longer than a lease, and OPEN ends.
        for slot in record.slots.values where slot.leaseEnd > fastest.adding(rules.lease) {
            violate("I5", "a slot is held for longer than a lease")
        }
        let longest = max(rules.maximumOpenTime * (rules.recovery.jitter > 0 ? 2 : 1), rules.maximumRetryAfter)
        if record.state == .open, record.nextAttempt > fastest.adding(longest) { violate("I5", "OPEN lasts longer than it may") }
        // I9: a foreign writer sees this fleet's failures, unless a save of its own took them away.
        if case .failures(_, share: 0) = rules.policy.rule, !foreign.isEmpty, environments.count == 1, !ghost.isForeignCountLost {
            let held = rules.total(of: record, at: fastest).failures
            if record.state == .closed, record.shared.circuitState == .closed, record.shared.failureCount < held {
                violate("I9", "a foreign writer sees \(record.shared.failureCount) failures, \(held) were reported")
            }
        }
        // I9: a foreign writer is not shut out for longer than that either.
        if record.shared.circuitState == .open, record.shared.nextAttempt > fastest.adding(longest) {
            violate("I9", "a foreign writer sees OPEN for longer than it may last")
        }
    }

    // Still what the world began with, which no rule made.
    func isWrong(_ record: CircuitRecord, in scenario: Scenario) -> Bool {
        scenario.isRecordWrong && record.epoch == scenario.record?.epoch
    }
}
