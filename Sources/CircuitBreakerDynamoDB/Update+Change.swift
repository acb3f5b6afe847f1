//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker

extension Update {
    init(_ change: CircuitChange, known: KnownItem) {
        self.init()
        let condition = change.condition
        if let epoch = condition.epoch { requireEpoch(epoch) }
        if let state = condition.circuitState { requireSharedState(state) }
        if let slot = condition.slot { requireSlot(slot) }
        if let fence = condition.orderEpoch { requireEpoch(fence, in: Attribute.orderEpoch) }
        if let fence = condition.announcedOrder { requireEpoch(fence, in: Attribute.announcedOrder) }
        let slot = condition.slot.map { Attribute.slot($0.index) }
        if let entry = change.historyEntry { remember(entry, known: known) }
        switch change.target {
        case .transition(let transition):
            if let slot, condition.slot?.index != transition.takenSlot?.index { remove(slot) }
            make(transition, known: known)
        case .takeSlot(let contents, let reclaimed):
            if let slot { set(slot, .text(contents.text)) }
            if reclaimed { add(Attribute.lostProbes, .count(1)) }
            fillShared()
        case .releaseSlot(let isUnused):
            if let slot { remove(slot) }
            if isUnused { add(Attribute.unusedProbes, .count(1)) }
            fillShared()
        case .countSuccess:
            if let slot { remove(slot) }
            set(Attribute.ownSuccessCount, toOneMoreThan: Attribute.ownSuccessCount)
            set(Attribute.successCount, toOneMoreThan: Attribute.ownSuccessCount)
            fillShared(except: [Attribute.successCount])
        case .order(let order, let fence):
            set(Attribute.orderEpoch, .count(fence.rawValue))
            if change.announcesOrder { set(Attribute.announcedOrder, .count(fence.rawValue)) }
            show(change.mirror)
            setOrder(order, expiresAt: change.expiresAt)
            return
        }
        setExpiry(change.expiresAt)
    }

    private mutating func keep(_ evidence: Evidence) {
        if let since = evidence.troubleSince { set(Attribute.troubleSince, .count(since.milliseconds)) } else { remove(Attribute.troubleSince) }
        if let name = evidence.changedBy { set(Attribute.changedBy, .text(name.shortenedForRecord)) } else { remove(Attribute.changedBy) }
        if let error = evidence.lastError { set(Attribute.lastError, error.stored()) }
    }

    // What foreign writers see of an order. The circuit's own state is taken as the item has it when the write arrives.
    private mutating func show(_ mirror: CircuitChange.Mirror?) {
        switch mirror {
        case .open(let until)?:
            set(Attribute.circuitState, .text(CircuitState.open.rawValue))
            set(Attribute.nextAttempt, .count(until.milliseconds))
        case .ownState?:
            set(Attribute.circuitState, to: Attribute.state, orElse: .text(CircuitState.closed.rawValue))
            set(Attribute.nextAttempt, to: Attribute.ownNextAttempt, orElse: .count(0))
        case nil: return fillShared()
        }
        fillShared(except: [Attribute.circuitState, Attribute.nextAttempt])
    }

    private mutating func remember(_ entry: HistoryEntry, known: KnownItem) {
        let name = HistoryName(entry)
        set(name.attribute, entry.stored())
        let earlier = known.history.filter { $0.isOrder == name.isOrder && $0 < name }
        for old in earlier.sorted().dropLast(HistoryEntry.limit - 1) { remove(old.attribute) }
    }

    private mutating func make(_ transition: CircuitChange.Transition, known: KnownItem) {
        set(Attribute.epoch, .count(transition.epoch.rawValue))
        set(Attribute.state, .text(transition.state.rawValue))
        set(Attribute.since, .count(transition.now.milliseconds))
        set(Attribute.ownNextAttempt, .count(transition.nextAttempt.milliseconds))
        set(Attribute.ownConsecutiveOpens, .count(transition.consecutiveOpens))
        set(Attribute.writer, .text(transition.writer.text))
        set(Attribute.reason, transition.reason.stored())
        keep(transition.evidence)
        for attribute in [Attribute.ownSuccessCount, Attribute.lostProbes, Attribute.unusedProbes, Attribute.failureStreak] { remove(attribute) }
        for name in known.buckets { remove(name.attribute) }
        if let (index, contents) = transition.takenSlot { set(Attribute.slot(index), .text(contents.text)) }
        set(Attribute.circuitState, .text(transition.state.rawValue))
        set(Attribute.failureCount, .count(transition.failureCount))
        set(Attribute.shownFailures, .count(transition.failureCount))
        set(Attribute.successCount, .count(0))
        set(Attribute.nextAttempt, .count(transition.nextAttempt.milliseconds))
        set(Attribute.lastFailureTime, to: Attribute.lastFailureTime, orElse: .count(0))
        set(Attribute.consecutiveOpens, .count(transition.consecutiveOpens))
        set(Attribute.stateTimestamp, .count(transition.now.milliseconds))
        set(Attribute.schemaVersion, .count(1))
    }
}

extension CircuitChange.Transition {
    fileprivate var takenSlot: (index: Int, contents: ProbeSlot)? {
        guard let takes, let leaseEnd else { return nil }
        return (takes, ProbeSlot(holder: writer, leaseEnd: leaseEnd))
    }
}
