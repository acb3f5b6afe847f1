//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// The environment's own circuit: the same rules on a record that nobody else sees.
extension CircuitStateMachine {
    // While too few environments saw failures, an environment that saw enough of them opens for itself alone.
    var ownCircuitDecides: Bool {
        rules.policy.minimumReporters > 1 && own.state != .closed
    }

    // Whether this environment's own circuit decides at the moment, for whatever reason.
    package var decidesAlone: Bool {
        ownCircuitDecides || store.isLost && rules.sharing.onStoreLoss == .local
    }

    mutating func admitAlone(at now: Timestamp) -> Admission {
        if let order = orderInForce(at: now), order.kind == .forceOpen || order.kind == .disabled || order.kind == .forceClosed {
            guard order.kind == .forceOpen else { return .permit(uncountedTicket(at: now)) }
            return .rejected(forcedOpen(order, at: now))
        }
        switch rules.sharing.onStoreLoss {
        case .allow:
            return .permit(countedTicket(at: now))
        case .reject:
            let wait = max(1, store.leftAloneUntil.since(now))
            return .rejected(Rejection(reason: .storeLost, state: view.record.state, retryAfterMilliseconds: min(wait, rules.maximumOpenTime)))
        case .lastKnown:
            if case .reject(let reason, let state, let until) = rules.standing(of: view.record, at: now), case .open = reason {
                return .rejected(Rejection(reason: reason, state: state, retryAfterMilliseconds: until.since(now)))
            }
            return .permit(countedTicket(at: now))
        case .local:
            return admitByOwnRecord(at: now)
        }
    }

    // Begins with what is known: the shared state, and what was counted but could not be reported.
    mutating func beginAlone(with report: CircuitReport?, at now: Timestamp) {
        guard rules.policy.minimumReporters <= 1 || view.record.state != .closed else { return }
        own = view.record
        // What share of many others' calls failed says nothing about one environment's own.
        if rules.needsSuccesses, Double(rules.total(of: own, at: now).calls) > rules.fewestCalls { own.window = CircuitWindow() }
        if let report { _ = own.apply(report) }
        _ = own.apply(unreported.asReport)
    }

    mutating func admitByOwnRecord(at now: Timestamp) -> Admission {
        while true {
            let change: CircuitChange
            switch ownStanding(at: now) {
            case .admit(let share):
                if let rejection = leftOut(by: share) { return .rejected(rejection) }
                return .permit(countedTicket(at: now))
            case .reject(let reason, let state, let until):
                return .rejected(Rejection(reason: reason, state: state, retryAfterMilliseconds: until.since(now)))
            case .probe(let slot, let contents, let opens):
                change = probeChange(own, index: slot, contents: contents, opens: opens, at: now)
                changeOwn(change)
                guard let taken = own.slots[slot] else { return .permit(uncountedTicket(at: now)) }
                return .permit(
                    Ticket(
                        kind: .probe(slot: slot, contents: taken),
                        epoch: view.record.epoch,
                        ownEpoch: own.epoch,
                        isOwn: true,
                        admittedAt: now
                    )
                )
            case .due(let due):
                change = dueChange(due, of: own, at: now)
            }
            changeOwn(change)
        }
    }

    // Alone, this environment's own failures are evidence enough.
    private func ownStanding(at now: Timestamp) -> Standing {
        if own.state == .closed, own.shared.circuitState == .closed, let reason = rules.tripReason(of: own, at: now) {
            return .due(.trip(reason))
        }
        return rules.standing(of: own, at: now)
    }

    mutating func countOwn(_ tally: CircuitWindow.Tally, retryAfter: Int64? = nil, at now: Timestamp) {
        guard store.isLost || rules.policy.minimumReporters > 1 else { return }
        let isBad = tally.failures > 0
        let report = CircuitReport(
            epoch: own.epoch,
            buckets: [CircuitWindow.Bucket(start: rules.bucketStart(at: now), tally: tally)],
            streak: isBad ? .add(tally.failures) : .restart(0),
            lastFailure: isBad ? now : nil,
            keepFrom: rules.windowStart(at: now)
        )
        guard own.apply(report), let reason = rules.tripReason(of: own, at: now) else { return }
        let wait = retryAfter ?? 0
        changeOwn(tripping(own, reason, retryAfter: wait, at: now))
    }

    mutating func finishOwnProbe(_ ticket: Ticket, _ outcome: Outcome, at now: Timestamp) {
        guard case .probe(let index, let contents) = ticket.kind, own.slots[index] == contents else {
            if outcome != .unused { notices.append(.staleOutcome) }
            return
        }
        let slot = CircuitChange.Condition.Slot(index: index, contents: contents)
        let change: CircuitChange
        if outcome == .unused || ticket.ownEpoch != own.epoch {
            change = CircuitChange(.releaseSlot, if: .init(slot: slot))
        } else if outcome.isBadForProbe {
            let retryAfter = if case .failure(let wait) = outcome { wait ?? 0 } else { Int64(0) }
            change = reopening(own, nil, retryAfter: retryAfter, slot: slot, at: now)
        } else if own.successCount.addingSaturating(1) >= rules.recovery.successesToClose {
            change = closing(own, successes: own.successCount.addingSaturating(1), slot: slot, at: now)
        } else {
            change = CircuitChange(.countSuccess, if: .init(epoch: own.epoch, slot: slot))
        }
        changeOwn(change)
    }

    private mutating func changeOwn(_ change: CircuitChange) {
        let before = own.state
        guard own.apply(change), own.state != before else { return }
        notices.append(.ownStateChanged(from: before, to: own.state, reason: own.reason))
    }
}
