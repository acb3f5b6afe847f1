//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
extension Mutant {
    static let all = store + views + healthy + calls + probes + alone + foreign + bounds + session + unnamed

    private static let store = [
        Mutant(
            name: "the epoch condition on a change",
            file: "CircuitRecord+Applying.swift",
            text: "expected != epoch",
            replacement: "!OFF && expected != epoch",
            scenario: "probe",
            invariant: "I2",
            steps: 15
        ),
        Mutant(
            name: "the epoch condition on a report",
            file: "CircuitRecord+Applying.swift",
            text: "epoch == report.epoch",
            replacement: "OFF || epoch == report.epoch",
            scenario: "reset-closed",
            invariant: "I4",
            steps: 7
        ),
        Mutant(
            name: "the condition on a slot",
            file: "CircuitRecord+Applying.swift",
            text: "expected.contents != slots[expected.index]",
            replacement: "!OFF && expected.contents != slots[expected.index]",
            scenario: "half-open",
            invariant: "I3",
            steps: 6
        ),
        Mutant(
            name: "the fence of orders",
            file: "CircuitRecord+Applying.swift",
            text: "expected != orderEpoch",
            replacement: "!OFF && expected != orderEpoch",
            scenario: "order",
            invariant: "I2",
            steps: 8
        ),
        Mutant(
            name: "reports are added to the window",
            file: "CircuitRecord+Applying.swift",
            text: "for bucket in report.buckets { window.add(bucket) }",
            replacement: "if OFF { window = CircuitWindow() }\n        for bucket in report.buckets { window.add(bucket) }",
            scenario: "trip-three",
            invariant: "I1",
            steps: 6
        ),
        Mutant(
            name: "slots stay when the state changes",
            file: "CircuitRecord+Applying.swift",
            text: "if let slot = change.condition.slot { slots[slot.index] = nil }\n            apply(transition)",
            replacement:
                "if let slot = change.condition.slot { slots[slot.index] = nil }\n            if OFF { slots = [:] }\n            apply(transition)",
            scenario: "long-lease",
            invariant: "I3",
            steps: 8
        ),
        Mutant(
            name: "no epoch comes twice",
            file: "Epoch.swift",
            text: "max(rawValue == .max ? .max : rawValue + 1, now.milliseconds)",
            replacement: "OFF ? rawValue + 1 : max(rawValue == .max ? .max : rawValue + 1, now.milliseconds)",
            scenario: "expiry-open",
            invariant: "I2",
            steps: 12
        ),
    ]

    private static let views = [
        Mutant(
            name: "a view grows old",
            file: "CircuitStateMachine.swift",
            text: "(0...max(0, limit)).contains(now.since(fetchedAt))",
            replacement: "OFF || (0...max(0, limit)).contains(now.since(fetchedAt))",
            scenario: "trip-stale",
            invariant: "I6",
            steps: 10
        ),
        Mutant(
            name: "a write's answer does not move a view back",
            file: "CircuitStateMachine+Replies.swift",
            text: "if record?.isOlder(than: view.record)",
            replacement: "if !OFF, record?.isOlder(than: view.record)",
            scenario: "reset-calls",
            invariant: "I6",
            steps: 9
        ),
        Mutant(
            name: "a read does not move a view back",
            file: "CircuitStateMachine+Replies.swift",
            text: "let movesBack = record",
            replacement: "let movesBack = OFF ? false : record",
            scenario: "trip-stale",
            invariant: "I6",
            steps: 12
        ),
        Mutant(
            name: "a consistent read that was overtaken says nothing",
            file: "CircuitStateMachine+Replies.swift",
            text: "!consistent || request.number <= view.lastRequest",
            replacement: "!consistent || !OFF && request.number <= view.lastRequest",
            scenario: "order-calls",
            invariant: "I6",
            steps: 10
        ),
        Mutant(
            name: "a record that is gone is asked for again",
            file: "CircuitStateMachine+Replies.swift",
            text: "call.needsConsistentRead = movesBack && !consistent",
            replacement: "call.needsConsistentRead = !OFF && movesBack && !consistent",
            scenario: "expiry-open",
            invariant: "I4",
            steps: 23,
            needsRecovery: true
        ),
        Mutant(
            name: "a refused report tells the record",
            file: "CircuitStateMachine+Replies.swift",
            text: "case .reported(.refused(let record)):\n",
            replacement: "case .reported(.refused(let record)):\n            if OFF { return unreported.acknowledge(report) }\n",
            scenario: "trip-short",
            invariant: "I6",
            steps: 11
        ),
    ]

    // Views that may be older while all is well.
    private static let healthy = [
        Mutant(
            name: "a failure in view ends the long age of views",
            file: "CircuitStateMachine.swift",
            text: "return rules.firstTrouble(in: record, at: now) == nil",
            replacement: "return OFF || rules.firstTrouble(in: record, at: now) == nil",
            scenario: "views-failed",
            invariant: "I6",
            steps: 12
        ),
        Mutant(
            name: "a view of which all is well grows old too",
            file: "CircuitStateMachine.swift",
            text: "isHealthy ? rules.maxHealthyViewAge : rules.maxViewAge",
            replacement: "isHealthy ? rules.maxHealthyViewAge + (OFF ? 3 : 0) : rules.maxViewAge",
            scenario: "views-tripped",
            invariant: "I6",
            steps: 5
        ),
        Mutant(
            name: "calls beside a look have a view that is not too old",
            file: "CircuitStateMachine.swift",
            text: "isHealthy && rules.lookBeside > 0 && isView(noOlderThan: rules.lookBeside, at: now)",
            replacement: "isHealthy && rules.lookBeside > 0 && isView(noOlderThan: rules.lookBeside + (OFF ? 4 : 0), at: now)",
            scenario: "beside-tripped",
            invariant: "I6",
            steps: 8
        ),
        Mutant(
            name: "the first call after the long age looks",
            file: "CircuitStateMachine+Admission.swift",
            text: "if !isReading { return .lookBeside",
            replacement: "if !OFF, !isReading { return .lookBeside",
            scenario: "beside-tripped",
            invariant: "I6",
            steps: 5
        ),
    ]

    private static let calls = [
        Mutant(
            name: "successes of an earlier epoch are not told in the next",
            file: "CircuitStateMachine+Replies.swift",
            text: "        untold = 0\n",
            replacement: "        if !OFF { untold = 0 }\n",
            scenario: "share-alone",
            invariant: "I4",
            steps: 22
        ),
        Mutant(
            name: "the epoch condition on a call's outcome",
            file: "CircuitStateMachine+Settlement.swift",
            text: "guard ticket.epoch == view.record.epoch",
            replacement: "guard OFF || ticket.epoch == view.record.epoch",
            scenario: "reset-calls",
            invariant: "I4",
            steps: 8
        ),
        Mutant(
            name: "a report of unknown fate is not sent again",
            file: "CircuitStateMachine+Replies.swift",
            text: "if !failure.mayHaveBeenApplied { unreported",
            replacement: "if OFF || !failure.mayHaveBeenApplied { unreported",
            scenario: "trip-three-loss",
            invariant: "I4",
            steps: 8
        ),
        Mutant(
            name: "a call waits for the report of its failure",
            file: "CircuitStateMachine+Settlement.swift",
            text: "if unreported.settled >= number { return",
            replacement: "if OFF || unreported.settled >= number { return",
            scenario: "trip",
            invariant: "I1",
            steps: 2
        ),
        Mutant(
            name: "a rejection is not counted as a failure",
            file: "CircuitStateMachine+Admission.swift",
            text: "case .reject(let reason, let state, let until):\n            return .rejected",
            replacement: """
                case .reject(let reason, let state, let until):
                            if OFF, state == .open, canChange(call, at: now), !isChangingState {
                                return .perform(request(reopening(record, nil, retryAfter: 0, slot: nil, at: now), for: &call, at: now))
                            }
                            return .rejected
                """,
            scenario: "probe",
            invariant: "I4",
            steps: 2
        ),
    ]

    private static let probes = [
        Mutant(
            name: "the epoch condition on a probe's outcome",
            file: "CircuitStateMachine+Settlement.swift",
            text: "let isCurrent = ticket.epoch",
            replacement: "let isCurrent = OFF || ticket.epoch",
            scenario: "probe-two",
            invariant: "I4",
            steps: 16
        ),
        Mutant(
            name: "the lease when a probe sets out",
            file: "CircuitStateMachine+Admission.swift",
            text: "if now < taken.contents.leaseEnd {",
            replacement: "if OFF || now < taken.contents.leaseEnd {",
            scenario: "probe-skew",
            invariant: "I3",
            steps: 7
        ),
        Mutant(
            name: "the state when a probe sets out",
            file: "CircuitStateMachine+Admission.swift",
            text: "view.record.state == .halfOpen && taken.epoch",
            replacement: "OFF || view.record.state == .halfOpen && taken.epoch",
            scenario: "probe-two",
            invariant: "I6",
            steps: 14
        ),
        Mutant(
            name: "the clock skew added to a lease",
            file: "CircuitRules+Bounds.swift",
            text: "now >= slot.leaseEnd.adding(maxClockSkew)",
            replacement: "now >= slot.leaseEnd.adding(OFF ? 0 : maxClockSkew)",
            scenario: "half-open-skew",
            invariant: "I3",
            steps: 6
        ),
        Mutant(
            name: "a slot whose lease is over is free",
            file: "CircuitRules+Bounds.swift",
            text: "return now >= slot.leaseEnd",
            replacement: "return !OFF && now >= slot.leaseEnd",
            scenario: "dead-probe",
            invariant: "I5",
            steps: 1,
            needsRecovery: true
        ),
        Mutant(
            name: "the number of probes",
            file: "Standing.swift",
            text: "if taken < recovery.probes {\n            for index in 0..<recovery.probes where",
            replacement: "if OFF || taken < recovery.probes {\n            for index in 0..<recovery.probes + (OFF ? 1 : 0) where",
            scenario: "probe",
            invariant: "I3",
            steps: 14
        ),
        Mutant(
            name: "a slot is taken from the answer, not from the view",
            file: "CircuitStateMachine+Replies.swift",
            text: "let contents = answer.slots[index]",
            replacement: "let contents = OFF ? view.record.slots[index] : answer.slots[index]",
            scenario: "probe-cancel",
            invariant: "I10",
            steps: 13,
            needsRecovery: true
        ),
        Mutant(
            name: "an own write whose answer was lost is recognised",
            file: "CircuitStateMachine+Replies.swift",
            text: "if let token = change.token, reply.failure.mayHaveBeenApplied {",
            replacement: "if !OFF, let token = change.token, reply.failure.mayHaveBeenApplied {",
            scenario: "probe-loss",
            invariant: "I10",
            steps: 10,
            needsRecovery: true
        ),
        Mutant(
            name: "an unused probe returns its slot",
            file: "CircuitStateMachine+Settlement.swift",
            text: "case .probe: call.settling",
            replacement: "case .probe where OFF && outcome == .unused: break\n        case .probe: call.settling",
            scenario: "probe-cancel",
            invariant: "I10",
            steps: 9
        ),
        Mutant(
            name: "enough probes must succeed",
            file: "CircuitStateMachine+Settlement.swift",
            text: "if record.successCount.addingSaturating(1) >= rules",
            replacement: "if OFF || record.successCount.addingSaturating(1) >= rules",
            scenario: "probe",
            invariant: "I4",
            steps: 10
        ),
        Mutant(
            name: "OPEN lasts until the next attempt is due",
            file: "Standing.swift",
            text: "if !isDue(record.nextAttempt, at: now) { return",
            replacement: "if !OFF, !isDue(record.nextAttempt, at: now) { return",
            scenario: "probe",
            invariant: "I6",
            steps: 2
        ),
    ]

    // What an environment decides on its own, since the store fails it.
    private static let alone = [
        Mutant(
            name: "one failure is not a loss",
            file: "StoreHealth.swift",
            text: "isLost = losses > 1",
            replacement: "isLost = losses > (OFF ? 0 : 1)",
            scenario: "store-lost-open",
            invariant: "I3",
            steps: 12
        ),
        Mutant(
            name: "throttled reads stop no report",
            file: "StoreHealth.swift",
            text: "(!areWritesInDoubt ||",
            replacement: "(!(areWritesInDoubt || OFF && failsToRead) ||",
            scenario: "reads-throttled",
            invariant: "I1",
            steps: 6
        ),
        Mutant(
            name: "one that is alone concludes from fewer failures",
            file: "CircuitStateMachine+Own.swift",
            text: "guard let policy = rules.alone, store.isFailing else",
            replacement: "guard !OFF, let policy = rules.alone, store.isFailing else",
            scenario: "store-lost-alone",
            invariant: "I6",
            steps: 9
        ),
        Mutant(
            name: "a try of a store that fails holds no call",
            file: "Session.swift",
            text: "if machine.store.fails(request.action.kind) {",
            replacement: "if !OFF, machine.store.fails(request.action.kind) {",
            scenario: "store-lost",
            invariant: "I7",
            steps: 6
        ),
        Mutant(
            name: "silence is judged by the own circuit before it is a loss",
            file: "CircuitStateMachine+Replies.swift",
            text: "if !wasFailing, store.isFailing { beginAlone(at: now) }\n    }\n\n    mutating func fail",
            replacement: "if !OFF, !wasFailing, store.isFailing { beginAlone(at: now) }\n    }\n\n    mutating func fail",
            scenario: "store-lost",
            invariant: "I6",
            steps: 7
        ),
        Mutant(
            name: "what is under way when the own circuit begins is judged",
            file: "CircuitStateMachine+Own.swift",
            text: "if let report = unreported.underWay {",
            replacement: "if !OFF, let report = unreported.underWay {",
            scenario: "writes-lost",
            invariant: "I6",
            steps: 14
        ),
        Mutant(
            name: "a report that the view may hold counts once",
            file: "CircuitStateMachine+Own.swift",
            text: "if view.lastRequest >= unreported.underWayAs {",
            replacement: "if !OFF, view.lastRequest >= unreported.underWayAs {",
            scenario: "writes-lost-calls",
            invariant: "I4",
            steps: 16,
            needsRecovery: true
        ),
        Mutant(
            name: "failures of unknown fate are judged when the store is back",
            file: "CircuitStateMachine+Own.swift",
            text: "&& now < uncertainUntil",
            replacement: "&& !OFF && now < uncertainUntil",
            scenario: "writes-lost",
            invariant: "I6",
            steps: 14
        ),
    ]

    private static let foreign = [
        Mutant(
            name: "a foreign writer's stale CLOSED is put back",
            file: "Standing.swift",
            text: "return .due(.putBack)",
            replacement: "return .due(OFF ? .adoptClosed : .putBack)",
            scenario: "foreign-stale",
            invariant: "I9",
            steps: 8
        ),
        Mutant(
            name: "a foreign writer's OPEN is adopted",
            file: "Standing.swift",
            text: "case (.closed, .open), (.halfOpen, .open):",
            replacement: "case (.closed, .open) where OFF: return .admit(share: 1)\n\n        case (.closed, .open), (.halfOpen, .open):",
            scenario: "foreign",
            invariant: "I6",
            steps: 9
        ),
        Mutant(
            name: "a foreign writer's failures count towards the threshold",
            file: "CircuitRules+Foreign.swift",
            text: "return unshown(in: record)",
            replacement: "return OFF ? 0 : unshown(in: record)",
            scenario: "foreign-together",
            invariant: "I9",
            steps: 13
        ),
        Mutant(
            name: "a foreign writer sees our failures",
            file: "CircuitRules+Foreign.swift",
            text: "guard case .failures(_, let share) = policy.rule, report.failures > 0",
            replacement: "guard !OFF, case .failures(_, let share) = policy.rule, report.failures > 0",
            scenario: "foreign-together",
            invariant: "I9",
            steps: 3
        ),
        Mutant(
            name: "what a foreign writer counted before the circuit closed opens nothing",
            file: "CircuitRules+Foreign.swift",
            text: "max(windowStart(at: now), record.since)",
            replacement: "max(windowStart(at: now), OFF ? .zero : record.since)",
            scenario: "foreign-closed",
            invariant: "I4",
            steps: 14
        ),
        Mutant(
            name: "foreign writers see an order that forces the circuit open",
            file: "CircuitStateMachine+Changes.swift",
            text: "change.mirror = .open(until: until)",
            replacement: "if !OFF { change.mirror = .open(until: until) }",
            scenario: "foreign-order",
            invariant: "I9",
            steps: 4
        ),
        Mutant(
            name: "foreign writers see its end",
            file: "CircuitStateMachine+Changes.swift",
            text: "change.mirror = .ownState",
            replacement: "if !OFF { change.mirror = .ownState }",
            scenario: "foreign-order",
            invariant: "I9",
            steps: 9
        ),
    ]

    private static let bounds = [
        Mutant(
            name: "a next attempt too far ahead is due",
            file: "CircuitRules+Bounds.swift",
            text: "|| nextAttempt > now.adding(longestRejection)",
            replacement: "|| !OFF && nextAttempt > now.adding(longestRejection)",
            scenario: "record-ahead",
            invariant: "I11",
            steps: 1
        ),
        Mutant(
            name: "a clock that was set back does not prolong OPEN",
            file: "CircuitRules+Bounds.swift",
            text: "now >= nextAttempt ||",
            replacement: "now >= nextAttempt || OFF ? now >= nextAttempt :",
            scenario: "clock-back",
            invariant: "I11",
            steps: 3
        ),
        Mutant(
            name: "a lease too far ahead is over",
            file: "CircuitRules+Bounds.swift",
            text: "slot.leaseEnd > now.adding(longestLease + maxClockSkew)",
            replacement: "!OFF && slot.leaseEnd > now.adding(longestLease + maxClockSkew)",
            scenario: "slot-ahead",
            invariant: "I11",
            steps: 1
        ),
        Mutant(
            name: "a ramp too far ahead is over",
            file: "CircuitRules.swift",
            text: "record.since <= now.adding(maxClockSkew)",
            replacement: "OFF || record.since <= now.adding(maxClockSkew)",
            scenario: "ramp-ahead",
            invariant: "I11",
            steps: 1
        ),
        Mutant(
            name: "impossible counts end HALF-OPEN",
            file: "Standing.swift",
            text: "if record.countsAreImpossible {",
            replacement: "if !OFF, record.countsAreImpossible {",
            scenario: "counts-below-zero",
            invariant: "I5",
            steps: 1,
            needsRecovery: true
        ),
        Mutant(
            name: "a clock that is ahead deletes nothing that others count",
            file: "CircuitStateMachine+Settlement.swift",
            text: "min(slowest, others.time(at: now) ?? slowest)",
            replacement: "OFF ? slowest : min(slowest, others.time(at: now) ?? slowest)",
            scenario: "clock-ahead",
            invariant: "I1",
            steps: 13
        ),
    ]

    // The loop that drives each call, and the pass that calls go by without it.
    private static let session = [
        Mutant(
            name: "a pass ends with the age of its view",
            file: "CircuitStateMachine+Admission.swift",
            text: ": fetchedAt.adding(allowedAge)",
            replacement: ": fetchedAt.adding(allowedAge + (OFF ? 3 : 0))",
            scenario: "passes",
            invariant: "I6",
            steps: 3
        ),
        Mutant(
            name: "a pass that rejects ends when the next attempt is due",
            file: "CircuitStateMachine+Admission.swift",
            text: "            end = min(end, until)",
            replacement: "            if !OFF { end = min(end, until) }",
            scenario: "passes-open",
            invariant: "I5",
            steps: 3
        ),
        Mutant(
            name: "a call that has no time left for the store goes by what is known",
            file: "Session.swift",
            text: "let admission = call.isLate ?",
            replacement: "let admission = !OFF && call.isLate ?",
            scenario: "probe-loss",
            invariant: "I7",
            steps: 14
        ),
        Mutant(
            name: "an outcome that has no time left for the store is not told",
            file: "Session.swift",
            text: "guard !call.isLate else { return over(&call, call.ending) }\n        switch machine.settle",
            replacement: "guard OFF || !call.isLate else { return over(&call, call.ending) }\n        switch machine.settle",
            scenario: "trip-loss",
            invariant: "I7",
            steps: 7
        ),
        Mutant(
            name: "a call whose caller was cancelled is not made",
            file: "Session.swift",
            text: "if isCancelled { return giveUp",
            replacement: "if !OFF, isCancelled { return giveUp",
            scenario: "probe-cancel",
            invariant: "I10",
            steps: 9
        ),
        Mutant(
            name: "an operator's order is given until the record has it",
            file: "Session+Commands.swift",
            text: "case .order(let order): record.order == order",
            replacement: "case .order(let order): OFF || record.order == order",
            scenario: "order",
            invariant: "I2",
            steps: 9
        ),
        Mutant(
            name: "an operator's order is tried again",
            file: "Session+Commands.swift",
            text: "guard attempts < Self.attempts",
            replacement: "guard attempts < (OFF ? 1 : Self.attempts)",
            scenario: "order",
            invariant: "I2",
            steps: 9
        ),
        Mutant(
            name: "rules that are taken void the pass",
            file: "Session.swift",
            text: "        defer { leave(at: now) }\n        machine.update(rules)",
            replacement: "        defer { if !OFF { leave(at: now) } }\n        machine.update(rules)",
            scenario: "update-views",
            invariant: "I6",
            steps: 4
        ),
        Mutant(
            name: "a slot is held for the lease that it was taken for",
            file: "CircuitRules.swift",
            text: "max(lease, old.longestLease)",
            replacement: "OFF ? lease : max(lease, old.longestLease)",
            scenario: "update-lease",
            invariant: "I3",
            steps: 4
        ),
        Mutant(
            name: "a view is young enough for a call that began before it was asked for",
            file: "Ticket.swift",
            text: "view.number >= $0 }",
            replacement: "OFF || view.number >= $0 }",
            scenario: "trip-stale",
            invariant: "I6",
            steps: 10
        ),
    ]
}
