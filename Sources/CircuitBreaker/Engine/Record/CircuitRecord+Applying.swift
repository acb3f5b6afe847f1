//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// What the verbs of a store do to a record. A store with transactions may call these; one with conditional writes says the same in its own language.
extension CircuitRecord {
    /// Adds a report to the window if the circuit is still CLOSED in the report's epoch.
    /// - Parameter report: what one environment counted.
    /// - Returns: whether it was added; if not, nothing changed.
    public mutating func apply(_ report: CircuitReport) -> Bool {
        guard epoch == report.epoch, state == .closed, foreignState == .closed else { return false }
        for bucket in report.buckets { window.add(bucket) }
        window.removeBuckets(before: report.keepFrom)
        switch report.streak {
        case .add(let failures): failureStreak = failureStreak.addingSaturating(failures)
        case .restart(let failures): failureStreak = failures
        }
        switch report.showing {
        case .unchanged: break
        case .add(let failures):
            shared.failureCount = shared.failureCount.addingSaturating(failures)
            shownFailures = shownFailures.addingSaturating(failures)
        case .set(let count, let own): (shared.failureCount, shownFailures) = (count, own)
        }
        if !report.keepsLastFailureTime, let lastFailure = report.lastFailure { shared.lastFailureTime = max(shared.lastFailureTime, lastFailure) }
        if let error = report.lastError { evidence.lastError = error }
        setExpiry(report.expiresAt)
        return true
    }

    /// Makes a change if its condition holds.
    /// - Parameter change: the change and its condition.
    /// - Returns: whether it was made; if not, nothing changed.
    public mutating func apply(_ change: CircuitChange) -> Bool {
        guard satisfies(change.condition) else { return false }
        if let entry = change.historyEntry { history.remember(entry) }
        switch change.target {
        case .transition(let transition):
            if let slot = change.condition.slot { slots[slot.index] = nil }
            apply(transition)
        case .takeSlot(let slot, let reclaimed):
            if let index = change.condition.slot?.index { slots[index] = slot }
            if reclaimed { lostProbes = lostProbes.addingSaturating(1) }
        case .releaseSlot(let isUnused):
            if let index = change.condition.slot?.index { slots[index] = nil }
            if isUnused { unusedProbes = unusedProbes.addingSaturating(1) }
        case .countSuccess:
            if let index = change.condition.slot?.index { slots[index] = nil }
            successCount = successCount.addingSaturating(1)
            shared.successCount = successCount
        case .order(let given, let fence):
            order = given
            orderEpoch = fence
            if change.announcesOrder { announcedOrder = fence }
        }
        switch change.mirror {
        case .open(let until)?: (shared.circuitState, shared.nextAttempt) = (.open, until)
        case .ownState?: (shared.circuitState, shared.nextAttempt) = (state, nextAttempt)
        case nil: break
        }
        setExpiry(change.expiresAt)
        return true
    }

    private func satisfies(_ condition: CircuitChange.Condition) -> Bool {
        if let expected = condition.epoch, expected != epoch { return false }
        if let expected = condition.circuitState, expected != shared.circuitState { return false }
        if let expected = condition.slot, expected.contents != slots[expected.index] { return false }
        if let expected = condition.orderEpoch, expected != orderEpoch { return false }
        if let expected = condition.announcedOrder, expected != announcedOrder { return false }
        return true
    }

    private mutating func apply(_ transition: CircuitChange.Transition) {
        epoch = transition.epoch
        state = transition.state
        since = transition.now
        nextAttempt = transition.nextAttempt
        consecutiveOpens = transition.consecutiveOpens
        writer = transition.writer
        reason = transition.reason
        let lastError = transition.evidence.lastError ?? evidence.lastError
        evidence = transition.evidence
        evidence.lastError = lastError
        successCount = 0
        lostProbes = 0
        unusedProbes = 0
        failureStreak = 0
        shownFailures = transition.failureCount
        window = CircuitWindow()
        if let index = transition.takes, let leaseEnd = transition.leaseEnd {
            slots[index] = ProbeSlot(holder: transition.writer, leaseEnd: leaseEnd)
        }
        shared = Shared(
            circuitState: transition.state,
            failureCount: transition.failureCount,
            successCount: 0,
            nextAttempt: transition.nextAttempt,
            lastFailureTime: shared.lastFailureTime,
            consecutiveOpens: transition.consecutiveOpens,
            stateTimestamp: transition.now
        )
    }

    // An order without an end must outlive all writes of those who have not seen it yet.
    private mutating func setExpiry(_ time: Timestamp?) {
        let endless = order.map { $0.until == nil } ?? false
        expiresAt = endless ? nil : time
    }
}
