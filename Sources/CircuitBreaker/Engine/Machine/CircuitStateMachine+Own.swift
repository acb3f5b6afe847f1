//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// The environment's own circuit: the same rules on a record that nobody else sees.
extension CircuitStateMachine {
    // Beside a view that admits the call. While too few environments saw failures, an environment that saw enough of them opens for itself alone; and
    // what it could not tell the others it judges itself.
    func ownCircuitDecides(at now: Timestamp) -> Bool {
        rules.policy.minimumReporters > 1 ? own.state != .closed : isUncertain(at: now) || owesTrip(at: now)
    }

    func isUncertain(at now: Timestamp) -> Bool {
        rules.sharing.onStoreLoss == .local && now < uncertainUntil
    }

    // Whether this environment's own circuit decides at the moment, for whatever reason.
    package func decidesAlone(at now: Timestamp) -> Bool {
        ownCircuitDecides(at: now) || store.isFailing && rules.sharing.onStoreLoss == .local
    }

    // Whether the record in view may not decide: it cannot be read, or nothing can be written that would lead it back to CLOSED.
    package var isAlone: Bool {
        store.failsToRead || store.isLost && !isViewClosed
    }

    mutating func admitAlone(at now: Timestamp) -> Admission {
        if let order = orderInForce(at: now), order.kind == .forceOpen || order.kind == .disabled || order.kind == .forceClosed {
            guard order.kind == .forceOpen else { return .permit(uncountedTicket(at: now)) }
            return .rejected(forcedOpen(order, at: now))
        }
        // One failure is not yet a loss: who probes on its own for it probes beside all others.
        if !store.isLost, !isViewClosed { return .rejected(waiting(at: now)) }
        switch rules.sharing.onStoreLoss {
        case .allow:
            return .permit(countedTicket(at: now))
        case .reject where store.isOnlyThrottled:
            return .permit(countedTicket(at: now))
        case .reject:
            let wait = storeWait(at: now)
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

    // Begins with what is known: the shared state, and what was counted but is not known to have arrived. While failures of unknown fate matter it
    // has begun already.
    mutating func beginAlone(at now: Timestamp) {
        alone = CircuitRecord()
        guard rules.policy.minimumReporters <= 1 || view.record.state != .closed else { return }
        guard !isUncertain(at: now) else { return }
        own = view.record
        // What share of many others' calls failed says nothing about one environment's own.
        if rules.needsSuccesses, Double(rules.total(of: own, at: now).calls) > rules.fewestCalls { own.window = CircuitWindow() }
        if !isViewClosed { openOwn(at: now) }
        if let report = unreported.underWay { addToOwn(report, at: now) }
        _ = own.apply(unreported.asReport)
    }

    // A view that came since it was sent may hold the report: nothing counts twice.
    private mutating func addToOwn(_ report: CircuitReport, at now: Timestamp) {
        if view.lastRequest >= unreported.underWayAs {
            let known = rules.total(of: own, at: now)
            let told = CircuitWindow(report.buckets).total(from: rules.windowStart(at: now), through: rules.windowEnd(at: now))
            if known.failures >= told.failures, known.slowCalls >= told.slowCalls { return }
            own.window = CircuitWindow()
            own.failureStreak = 0
        }
        _ = own.apply(report)
    }

    // Who is alone knows of no other's probe, and all who are alone must not probe together.
    private mutating func openOwn(at now: Timestamp) {
        let shown = own.state == .open ? own.nextAttempt : own.shared.nextAttempt
        let due = rules.isDue(shown, at: now) ? now : shown
        let spread = rules.openTime / 2 + Int64(Double(rules.openTime) * random.unit())
        own.state = .open
        own.shared.circuitState = .open
        own.nextAttempt = min(due.adding(spread), now.adding(rules.longestOpenTime))
        own.shared.nextAttempt = own.nextAttempt
        own.slots = [:]
    }

    private var isViewClosed: Bool {
        view.record.state == .closed && view.record.shared.circuitState == .closed
    }

    private func waiting(at now: Timestamp) -> Rejection {
        if case .reject(let reason, let state, let until) = rules.standing(of: view.record, at: now) {
            return Rejection(reason: reason, state: state, retryAfterMilliseconds: until.since(now))
        }
        return Rejection(reason: .probing, state: view.record.state, retryAfterMilliseconds: storeWait(at: now))
    }

    private func storeWait(at now: Timestamp) -> Int64 {
        max(1, store.reads.wait(at: now), store.writes.wait(at: now))
    }

    // While this environment's own circuit is OPEN and nothing can be written, a read could change nothing.
    func ownRejection(at now: Timestamp) -> Rejection? {
        guard store.failsToWrite, !store.canWrite(at: now), decidesAlone(at: now), own.state == .open, orderInForce(at: now) == nil else {
            return nil
        }
        guard case .reject(let reason, let state, let until) = rules.standing(of: own, at: now) else { return nil }
        return Rejection(reason: reason, state: state, retryAfterMilliseconds: until.since(now))
    }

    // This environment opened its own circuit and could not tell the others, and what it saw is not yet older than the window.
    func owesTrip(at now: Timestamp) -> Bool {
        guard rules.sharing.onStoreLoss == .local, rules.policy.minimumReporters <= 1, isViewClosed else { return false }
        guard own.state == .open, own.reason?.isTrip == true, own.since >= rules.windowStart(at: now) else { return false }
        return own.epoch != view.record.epoch && !rules.isDue(own.nextAttempt, at: now)
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
        if own.state == .closed, own.shared.circuitState == .closed, let reason = ownTripReason(at: now) {
            return .due(.trip(reason))
        }
        return rules.standing(of: own, at: now)
    }

    // The fleet's failures count towards the fleet's threshold, those that this environment alone saw towards its own as well.
    private func ownTripReason(at now: Timestamp) -> ChangeReason? {
        if let reason = rules.tripReason(of: own, at: now) { return reason }
        guard let policy = rules.alone, store.isFailing else { return nil }
        return rules.tripReason(of: alone, by: policy, at: now)
    }

    mutating func countOwn(_ tally: CircuitWindow.Tally, retryAfter: Int64? = nil, took: Int64 = 0, at now: Timestamp) {
        guard store.isFailing || rules.policy.minimumReporters > 1 || isUncertain(at: now) else { return }
        let isBad = tally.failures > 0
        let report = CircuitReport(
            epoch: own.epoch,
            buckets: [CircuitWindow.Bucket(start: rules.bucketStart(at: now), tally: tally)],
            streak: isBad ? .add(tally.failures) : .restart(0),
            lastFailure: isBad ? now : nil,
            keepFrom: rules.windowStart(at: now)
        )
        guard own.apply(report) else { return }
        if rules.alone != nil, store.isFailing {
            var report = report
            report.epoch = alone.epoch
            _ = alone.apply(report)
        }
        guard let reason = ownTripReason(at: now) else { return }
        let wait = retryAfter ?? 0
        changeOwn(tripping(own, reason, retryAfter: wait, at: now), retryAfter: wait, took: took)
    }

    mutating func finishOwnProbe(_ ticket: Ticket, _ outcome: Outcome, at now: Timestamp) {
        guard case .probe(let index, let contents) = ticket.kind, own.slots[index] == contents else {
            if outcome != .unused { notices.append(.staleOutcome) }
            return
        }
        let slot = CircuitChange.Condition.Slot(index: index, contents: contents)
        let change: CircuitChange
        let retryAfter = if case .failure(let wait) = outcome { wait ?? 0 } else { Int64(0) }
        if outcome == .unused || ticket.ownEpoch != own.epoch {
            change = CircuitChange(.releaseSlot(isUnused: ticket.ownEpoch == own.epoch), if: .init(slot: slot))
        } else if outcome.isBadForProbe {
            change = reopening(own, nil, retryAfter: retryAfter, slot: slot, at: now)
        } else if own.successCount.addingSaturating(1) >= rules.recovery.successesToClose {
            change = closing(own, successes: own.successCount.addingSaturating(1), slot: slot, at: now)
        } else {
            change = CircuitChange(.countSuccess, if: .init(epoch: own.epoch, slot: slot))
        }
        changeOwn(change, retryAfter: retryAfter, took: now.since(ticket.admittedAt))
    }

    // With the milliseconds that the call took which brings it about.
    private mutating func changeOwn(_ change: CircuitChange, retryAfter: Int64 = 0, took: Int64 = 0) {
        let before = own.state
        guard own.apply(store.isFailing ? spread(change, retryAfter: retryAfter, took: took) : change), own.state != before else { return }
        alone = CircuitRecord()
        notices.append(.ownStateChanged(from: before, to: own.state, reason: own.reason))
    }

    // Own probes of a fleet that lost its store are spread over the whole open time, around its end, and none waits longer than the rules allow. Where calls take
    // long, the time is so long that at most a tenth of the environments probe at once.
    private mutating func spread(_ change: CircuitChange, retryAfter: Int64, took: Int64) -> CircuitChange {
        guard case .transition(var transition) = change.target, transition.state == .open else { return change }
        let usual = min(transition.nextAttempt.since(transition.now), rules.maximumOpenTime * 2 / 3)
        let wait = max(usual, min(12 * max(0, min(took, rules.longestOpenTime)), rules.longestOpenTime * 2 / 3))
        let spread = wait / 2 + Int64(Double(wait) * random.unit())
        transition.nextAttempt = transition.now.adding(max(spread, min(retryAfter, rules.maximumRetryAfter)))
        return CircuitChange(.transition(transition), if: change.condition, expiresAt: change.expiresAt)
    }
}
