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
        return request(CircuitChange(.releaseSlot, if: condition, expiresAt: recordExpiry(at: now)), for: &call, at: now)
    }

    mutating func probeChange(_ record: CircuitRecord, index: Int, contents: ProbeSlot?, opens: Bool, at now: Timestamp) -> CircuitChange {
        let token = nextToken()
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
        let isForeign = record.state != .open
        let transition = CircuitChange.Transition(
            to: .halfOpen,
            epoch: record.epoch.next(at: now),
            now: now,
            nextAttempt: min(isForeign ? record.shared.nextAttempt : record.nextAttempt, now),
            consecutiveOpens: max(0, isForeign ? record.shared.consecutiveOpens : record.consecutiveOpens),
            failureCount: record.shared.failureCount,
            writer: token,
            reason: .nextAttemptDue,
            takes: index,
            leaseEnd: leaseEnd
        )
        return CircuitChange(.transition(transition), if: condition, expiresAt: recordExpiry(at: now))
    }

    mutating func dueChange(_ due: DueChange, of record: CircuitRecord, at now: Timestamp) -> CircuitChange {
        switch due {
        case .trip(let reason):
            return tripping(record, reason, retryAfter: unreported.retryAt.since(now), at: now)
        case .close:
            return closing(record, successes: record.successCount, slot: nil, at: now)
        case .giveUp:
            return reopening(record, .probesLost(count: max(0, record.lostProbes)), retryAfter: 0, slot: nil, at: now)
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
        let failures = rules.countsStreak ? record.failureStreak : rules.total(of: record, at: now).failures
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
        return CircuitChange(.transition(transition), if: condition, expiresAt: recordExpiry(at: now))
    }

    private mutating func jitter() -> Double {
        rules.recovery.jitter > 0 ? random.unit() : 0
    }
}

// What an operator asks for.
extension CircuitStateMachine {
    package mutating func order(_ order: CircuitOrder?, for call: inout CallProgress, at now: Timestamp) -> StoreRequest {
        let record = view.record
        let end = order.map { $0.until } ?? now
        let change = CircuitChange(
            .order(order, orderEpoch: record.orderEpoch.next(at: now)),
            if: .init(orderEpoch: record.orderEpoch),
            expiresAt: end.map { max($0, now).adding(CircuitRules.retention) }
        )
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
