//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package enum SettleStep: Hashable, Sendable {
    case done
    // Perform this, hand the reply to `receive`, and ask again.
    case perform(StoreRequest)
    // A report of another call of this environment is under way: wait for it, and ask again.
    case join
}

extension CircuitStateMachine {
    // Takes in how a call ended. What the store must still be told is asked of `settle`.
    package mutating func finish(_ ticket: Ticket, _ outcome: Outcome, _ call: inout CallProgress, at now: Timestamp) {
        call.reads = 0
        call.changes = 0
        call.reports = 0
        switch ticket.kind {
        case .uncounted: break
        case .probe where ticket.isOwn: finishOwnProbe(ticket, outcome, at: now)
        case .probe: call.settling = .probe(ticket, outcome, wasRefused: false)
        case .counted: count(outcome, of: ticket, &call, at: now)
        }
    }

    package mutating func settle(_ call: inout CallProgress, at now: Timestamp) -> SettleStep {
        switch call.settling {
        case .nothing:
            return .done
        case .tally(let number):
            if unreported.settled >= number { return followUp(&call, at: now) }
            guard store.canWrite(at: now), call.reports < 2 else { return done(&call) }
            if unreported.inFlight != nil { return .join }
            call.reports += 1
            return .perform(sendReport(at: now))
        case .probe(let ticket, let outcome, let wasRefused):
            return settle(ticket, outcome, wasRefused: wasRefused, &call, at: now)
        case .followUp:
            return followUp(&call, at: now)
        }
    }

    // Successes that the healthy path counted without asking.
    package mutating func countFreeSuccesses(_ count: Int, at now: Timestamp) {
        guard count > 0, rules.needsSuccesses else { return }
        addUntold(count, at: now)
        countOwn(CircuitWindow.Tally(successes: count), at: now)
    }

    // MARK: calls of a CLOSED circuit

    private mutating func count(_ outcome: Outcome, of ticket: Ticket, _ call: inout CallProgress, at now: Timestamp) {
        let tally: CircuitWindow.Tally
        var retryAfter: Int64?
        switch outcome {
        case .unused: return
        case .success(let isSlow): tally = CircuitWindow.Tally(slowCalls: isSlow ? 1 : 0, successes: 1)
        case .failure(let wait):
            tally = CircuitWindow.Tally(failures: 1)
            retryAfter = wait
        }
        guard ticket.epoch == view.record.epoch else {
            if tally.failures > 0 { notices.append(.staleOutcome) }
            return
        }
        // The own circuit may have begun since, with the epoch in view.
        if ticket.ownEpoch == own.epoch || ticket.epoch == own.epoch {
            countOwn(tally, retryAfter: retryAfter, took: now.since(ticket.admittedAt), at: now)
        }
        guard view.record.state == .closed else { return }
        let isBad = tally.failures > 0 || tally.slowCalls > 0
        let interrupts = rules.countsStreak && !isBad && (view.record.failureStreak > 0 || unreported.isUrgent || unreported.inFlight != nil)
        guard isBad || interrupts else {
            if rules.needsSuccesses, countSuccess(at: now) { call.settling = .tally(upTo: unreported.counted) }
            return
        }
        if isBad { takeAlongSuccesses(at: now) }
        unreported.count(
            tally,
            bucket: rules.bucketStart(at: now),
            reporter: reporter(of: tally, at: now),
            at: now,
            retryAfter: retryAfter
        )
        unreported.forget(before: rules.windowStart(at: now))
        call.settling = .tally(upTo: unreported.counted)
    }

    // Names are kept only until enough are known, so that the record stays small.
    private func reporter(of tally: CircuitWindow.Tally, at now: Timestamp) -> EnvironmentID? {
        guard rules.policy.minimumReporters > 1, tally.failures > 0 else { return nil }
        return rules.hasEnoughReporters(view.record, at: now) ? nil : environment
    }

    mutating func sendReport(at now: Timestamp) -> StoreRequest {
        lastSuccessReport = rules.bucketStart(at: now)
        let report = unreported.send(
            showing: rules.showing(unreported.total, beside: view.record, at: now),
            keepsLastFailureTime: rules.keepsLastFailureTime(of: view.record, at: now),
            keepFrom: keepFrom(at: now),
            expiresAt: recordExpiry(at: now),
            as: requests + 1
        )
        return request(.report(report), at: now)
    }

    // Only what is seen to be over is forgotten: others may be adding slices meanwhile, by clocks that are far behind this one.
    private func keepFrom(at now: Timestamp) -> Timestamp {
        let slowest = now.adding(-rules.maxClockSkew)
        let start = rules.windowStart(at: min(slowest, others.time(at: now) ?? slowest))
        return view.record.window.buckets.last { $0.start < start }?.start.adding(1) ?? .zero
    }

    private mutating func followUp(_ call: inout CallProgress, at now: Timestamp) -> SettleStep {
        call.settling = .followUp
        guard !isChangingState, canChange(call, at: now), orderInForce(at: now)?.kind != .forceClosed else { return done(&call) }
        guard let change = changeDue(at: now) else { return done(&call) }
        return .perform(request(dueChange(change, of: view.record, at: now), for: &call, at: now))
    }

    private func changeDue(at now: Timestamp) -> DueChange? {
        switch rules.standing(of: view.record, at: now) {
        case .due(let change): change
        case .admit: surgeReason(at: now).map { .trip($0) }
        case .reject, .probe: nil
        }
    }

    private func done(_ call: inout CallProgress) -> SettleStep {
        call.settling = .nothing
        return .done
    }

    // MARK: probes

    private mutating func settle(
        _ ticket: Ticket,
        _ outcome: Outcome,
        wasRefused: Bool,
        _ call: inout CallProgress,
        at now: Timestamp
    ) -> SettleStep {
        guard case .probe(let index, let contents) = ticket.kind else { return done(&call) }
        let record = view.record
        let slot = CircuitChange.Condition.Slot(index: index, contents: contents)
        let isCurrent = ticket.epoch == record.epoch && record.foreignState == .halfOpen
        // Only a refusal tells that another has reclaimed the slot: the view may be older than the lease.
        if wasRefused, record.slots[index] != contents {
            if outcome != .unused { notices.append(.staleOutcome) }
            return done(&call)
        }
        guard canChange(call, at: now) else {
            notices.append(.outcomeLost)
            return done(&call)
        }
        guard isCurrent, outcome != .unused else {
            // The call is over: its slot is free whatever became of the circuit.
            if outcome != .unused { notices.append(.staleOutcome) }
            call.settling = .probe(ticket, .unused, wasRefused: false)
            let isUnused = isCurrent && outcome == .unused
            let condition = CircuitChange.Condition(epoch: isUnused ? record.epoch : nil, slot: slot)
            let release = CircuitChange(.releaseSlot(isUnused: isUnused), if: condition, expiresAt: recordExpiry(at: now))
            return .perform(request(release, for: &call, at: now))
        }
        if outcome.isBadForProbe {
            let retryAfter = if case .failure(let wait) = outcome { wait ?? 0 } else { Int64(0) }
            return .perform(request(reopening(record, nil, retryAfter: retryAfter, slot: slot, at: now), for: &call, at: now))
        }
        if record.successCount.addingSaturating(1) >= rules.recovery.successesToClose {
            return .perform(request(closing(record, successes: record.successCount.addingSaturating(1), slot: slot, at: now), for: &call, at: now))
        }
        let condition = CircuitChange.Condition(epoch: record.epoch, circuitState: record.shared.circuitState, slot: slot)
        return .perform(request(CircuitChange(.countSuccess, if: condition, expiresAt: recordExpiry(at: now)), for: &call, at: now))
    }
}
