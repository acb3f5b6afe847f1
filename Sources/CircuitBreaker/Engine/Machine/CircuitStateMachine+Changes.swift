//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// The changes that this machine asks the store for.
extension CircuitStateMachine {
    mutating func request(_ change: CircuitChange, for call: inout CallProgress, at now: Timestamp) -> StoreRequest {
        call.changes += 1
        if change.isTransition { changing = change.token }
        return request(.change(change), at: now)
    }

    mutating func takeSlot(_ index: Int, contents: ProbeSlot?, opens: Bool, for call: inout CallProgress, at now: Timestamp) -> StoreRequest {
        slotsSpokenFor.insert(index)
        return request(probeChange(view.record, index: index, contents: contents, opens: opens, at: now), for: &call, at: now)
    }

    mutating func giveBack(_ taken: CallProgress.TakenSlot, for call: inout CallProgress, at now: Timestamp) -> StoreRequest {
        let condition = CircuitChange.Condition(slot: .init(index: taken.index, contents: taken.contents))
        return request(CircuitChange(.releaseSlot(isUnused: false), if: condition, expiresAt: recordExpiry(at: now)), for: &call, at: now)
    }

    mutating func probeChange(_ record: CircuitRecord, index: Int, contents: ProbeSlot?, opens: Bool, at now: Timestamp) -> CircuitChange {
        let token = nextToken()
        let isForeign = opens && record.state != .open
        let consecutiveOpens = max(0, isForeign ? record.shared.consecutiveOpens : record.consecutiveOpens)
        let leaseEnd = now.adding(rules.lease)
        let condition = CircuitChange.Condition(
            epoch: record.epoch,
            circuitState: record.shared.circuitState,
            slot: .init(index: index, contents: contents)
        )
        guard opens else {
            return CircuitChange(
                .takeSlot(ProbeSlot(holder: token, leaseEnd: leaseEnd), reclaimed: contents != nil),
                if: condition,
                expiresAt: recordExpiry(at: now)
            )
        }
        let transition = CircuitChange.Transition(
            to: .halfOpen,
            epoch: record.epoch.next(at: now),
            now: now,
            nextAttempt: min(isForeign ? record.shared.nextAttempt : record.nextAttempt, now),
            consecutiveOpens: consecutiveOpens,
            failureCount: record.shared.failureCount,
            writer: token,
            reason: .nextAttemptDue,
            takes: index,
            leaseEnd: leaseEnd
        )
        return CircuitChange(.transition(withEvidence(transition, of: record)), if: condition, expiresAt: recordExpiry(at: now))
    }

    private func withEvidence(_ transition: CircuitChange.Transition, of record: CircuitRecord) -> CircuitChange.Transition {
        var transition = transition
        transition.from = record.foreignState
        transition.evidence.changedBy = name.isEmpty ? nil : name
        if transition.state == .open { transition.evidence.lastError = unreported.lastError }
        if transition.state != .closed {
            let first = record.window.buckets.first { $0.tally.failures > 0 || $0.tally.slowCalls > 0 }?.start
            transition.evidence.troubleSince = record.evidence.troubleSince ?? min(transition.now, first ?? transition.now)
        }
        return transition
    }

    mutating func dueChange(_ due: DueChange, of record: CircuitRecord, at now: Timestamp) -> CircuitChange {
        switch due {
        case .trip(let reason):
            return tripping(record, reason, retryAfter: unreported.retryAt.since(now), at: now)
        case .close:
            return closing(record, successes: record.successCount, slot: nil, at: now)
        case .giveUp:
            return reopening(record, .probesLost(count: record.probesWithoutOutcome), retryAfter: 0, slot: nil, at: now)
        case .adoptOpen(let nextAttempt):
            let opens = max(0, record.shared.consecutiveOpens)
            return transition(of: record, to: .open, until: nextAttempt, opens: opens, failures: record.shared.failureCount, .adopted, at: now)
        case .adoptClosed:
            return transition(of: record, to: .closed, until: record.nextAttempt, opens: 0, failures: record.shared.failureCount, .adopted, at: now)
        case .putBack:
            let opens = max(0, record.consecutiveOpens)
            return transition(
                of: record,
                to: .open,
                until: record.nextAttempt,
                opens: opens,
                failures: record.shared.failureCount,
                .putBack,
                at: now
            )
        }
    }

    mutating func tripping(_ record: CircuitRecord, _ reason: ChangeReason, retryAfter: Int64, at now: Timestamp) -> CircuitChange {
        let wait = rules.openTime(consecutiveOpens: 0, retryAfter: retryAfter, random: jitter())
        let counted = rules.total(of: record, at: now).failures.addingSaturating(rules.foreignFailures(in: record, at: now))
        let failures = rules.countsStreak ? record.failureStreak : counted
        return transition(of: record, to: .open, until: now.adding(wait), opens: 0, failures: failures, reason, at: now)
    }

    // The trip that this environment could not write, as it stands by now.
    mutating func owedTrip(for call: inout CallProgress, at now: Timestamp) -> StoreRequest? {
        guard owesTrip(at: now), let reason = own.reason, call.changes == 0, canChange(call, at: now), !isChangingState else { return nil }
        let change = transition(
            of: view.record,
            to: .open,
            until: own.nextAttempt,
            opens: 0,
            failures: own.shared.failureCount,
            reason,
            at: now
        )
        return request(change, for: &call, at: now)
    }

    mutating func closing(_ record: CircuitRecord, successes: Int, slot: CircuitChange.Condition.Slot?, at now: Timestamp) -> CircuitChange {
        transition(
            of: record,
            to: .closed,
            until: record.nextAttempt,
            opens: 0,
            failures: 0,
            .probesSucceeded(count: successes),
            slot: slot,
            at: now
        )
    }

    mutating func reopening(
        _ record: CircuitRecord,
        _ reason: ChangeReason?,
        retryAfter: Int64,
        slot: CircuitChange.Condition.Slot?,
        at now: Timestamp
    ) -> CircuitChange {
        let opens = max(0, record.consecutiveOpens).addingSaturating(1)
        let wait = rules.openTime(consecutiveOpens: opens, retryAfter: retryAfter, random: jitter())
        return transition(
            of: record,
            to: .open,
            until: now.adding(wait),
            opens: opens,
            failures: record.shared.failureCount.addingSaturating(1),
            reason ?? .probeFailed(consecutiveOpens: opens),
            slot: slot,
            at: now
        )
    }

    private mutating func transition(
        of record: CircuitRecord,
        to state: CircuitState,
        until nextAttempt: Timestamp,
        opens: Int,
        failures: Int,
        _ reason: ChangeReason,
        slot: CircuitChange.Condition.Slot? = nil,
        at now: Timestamp
    ) -> CircuitChange {
        let transition = CircuitChange.Transition(
            to: state,
            epoch: record.epoch.next(at: now),
            now: now,
            nextAttempt: nextAttempt,
            consecutiveOpens: opens,
            failureCount: failures,
            writer: nextToken(),
            reason: reason
        )
        let condition = CircuitChange.Condition(epoch: record.epoch, circuitState: record.shared.circuitState, slot: slot)
        return CircuitChange(.transition(withEvidence(transition, of: record)), if: condition, expiresAt: recordExpiry(at: now))
    }

    private mutating func jitter() -> Double {
        rules.recovery.jitter > 0 ? random.unit() : 0
    }
}

// What an operator asks for.
extension CircuitStateMachine {
    package mutating func order(_ order: CircuitOrder, for call: inout CallProgress, at now: Timestamp) -> StoreRequest {
        write(order, fence: view.record.orderEpoch.next(at: now), announces: false, for: &call, at: now)
    }

    package mutating func lift(by: String, why: String, for call: inout CallProgress, at now: Timestamp) -> StoreRequest {
        let lift = CircuitChange.Lift(by: by, why: why)
        return write(nil, lift: lift, fence: view.record.orderEpoch.next(at: now), announces: false, for: &call, at: now)
    }

    // The fleet's part in an order, done by the calls that obey it: foreign writers see one that forces the circuit open for as long as it lasts, one that
    // has ended leaves the record, and one environment announces each.
    mutating func keepOrder(for call: inout CallProgress, at now: Timestamp) -> StoreRequest? {
        let record = view.record
        guard orderNeedsKeeping(at: now) else { return nil }
        let hasEnded = record.order.map { !$0.isInForce(at: now) } ?? false
        guard !isKeepingOrder, call.changes == 0, canChange(call, at: now) else { return nil }
        isKeepingOrder = true
        if hasEnded { return write(nil, fence: record.orderEpoch.next(at: now), announces: true, for: &call, at: now) }
        return write(record.order, fence: record.orderEpoch, announces: record.announcedOrder != record.orderEpoch, for: &call, at: now)
    }

    // While it does, no pass keeps calls from the engine.
    func orderNeedsKeeping(at now: Timestamp) -> Bool {
        let record = view.record
        let hasEnded = record.order.map { !$0.isInForce(at: now) } ?? false
        return hasEnded || record.announcedOrder != record.orderEpoch || needsMirror(record, at: now)
    }

    private func needsMirror(_ record: CircuitRecord, at now: Timestamp) -> Bool {
        guard let until = record.order?.mirroredUntil else { return false }
        // A foreign writer may set a time of its own, as long as it lets nothing pass before the next look.
        return record.shared.circuitState != .open || record.shared.nextAttempt < min(until, now.adding(2 * rules.maxViewAge))
    }

    private mutating func write(
        _ order: CircuitOrder?,
        lift: CircuitChange.Lift = .init(),
        fence: Epoch,
        announces: Bool,
        for call: inout CallProgress,
        at now: Timestamp
    ) -> StoreRequest {
        let record = view.record
        let end = order.map { $0.until } ?? now
        var condition = CircuitChange.Condition(orderEpoch: record.orderEpoch)
        if fence == record.orderEpoch { condition.announcedOrder = record.announcedOrder }
        var change = CircuitChange(
            .order(order, orderEpoch: fence),
            if: condition,
            expiresAt: end.map { max($0, now).adding(CircuitRules.retention) }
        )
        if let until = order?.mirroredUntil {
            change.mirror = .open(until: until)
        } else if record.isMirrored {
            change.mirror = .ownState
            change.condition.circuitState = record.shared.circuitState
        }
        change.lift = lift
        change.announcesOrder = announces
        return request(change, for: &call, at: now)
    }

    package mutating func reset(by: String, why: String, for call: inout CallProgress, at now: Timestamp) -> StoreRequest {
        let record = view.record
        let change = transition(of: record, to: .closed, until: record.nextAttempt, opens: 0, failures: 0, .ordered(by: by, why: why), at: now)
        return request(change, for: &call, at: now)
    }

    package mutating func readForOrder(at now: Timestamp) -> StoreRequest {
        read(consistent: true, at: now)
    }
}
