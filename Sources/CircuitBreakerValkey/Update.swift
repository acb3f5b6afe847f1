//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// A write in the making, as the words of the script: what must hold, and what is then done.
struct Update: Sendable {
    private(set) var words: [String] = []

    // MARK: conditions

    mutating func require(_ field: String, is value: String) { words += ["is", field, value] }
    mutating func require(_ field: String, isOrAbsent value: String) { words += ["isOrAbsent", field, value] }
    mutating func requireAbsent(_ field: String) { words += ["isAbsent", field] }

    mutating func requireEpoch(_ epoch: Epoch, in field: String = Attribute.epoch) {
        let text = String(epoch.rawValue)
        if epoch == .zero { require(field, isOrAbsent: text) } else { require(field, is: text) }
    }

    mutating func requireState(_ state: CircuitState, in field: String) {
        if state == .closed { require(field, isOrAbsent: state.rawValue) } else { require(field, is: state.rawValue) }
    }

    // An OPEN that only mirrors an order is nobody else's.
    mutating func requireClosedToForeignWriters() { words += ["isClosedToOthers", Attribute.circuitState] }

    mutating func requireSlot(_ slot: CircuitChange.Condition.Slot) {
        let field = Attribute.slot(slot.index)
        if let contents = slot.contents { require(field, is: contents.text) } else { requireAbsent(field) }
    }

    // MARK: steps

    mutating func set(_ field: String, _ text: String) { words += ["set", field, text] }
    mutating func set(_ field: String, _ value: FieldValue) { set(field, value.written) }
    mutating func remove(_ field: String) { words += ["remove", field] }
    mutating func add(_ field: String, _ number: Int) { words += ["add", field, String(number)] }
    mutating func raise(_ field: String, to time: Timestamp) { words += ["raise", field, String(time.milliseconds)] }
    mutating func copy(_ field: String, from other: String, orElse value: String) { words += ["copy", field, other, value] }
    mutating func forgetSlices(before start: Timestamp) { words += ["forgetSlices", "", String(start.milliseconds)] }
    mutating func forgetWindow() { words += ["forgetSlices", "", ""] }
    mutating func keepNewest(_ count: Int, of prefix: String) { words += ["keepNewest", prefix, String(count)] }
    // Last, since an order without an end in force keeps the record.
    mutating func expire(at time: Timestamp?) { words += ["expire", Attribute.expiresAt, time.map { String($0.milliseconds) } ?? ""] }

    // What is 0 is not there.
    mutating func set(_ field: String, number: some BinaryInteger) {
        if number == 0 { remove(field) } else { set(field, String(number)) }
    }

    mutating func set(_ field: String, _ time: Timestamp) { set(field, number: time.milliseconds) }
}

extension Update {
    init(_ report: CircuitReport) {
        requireEpoch(report.epoch)
        requireState(.closed, in: Attribute.state)
        requireClosedToForeignWriters()
        for bucket in report.buckets where bucket.start >= report.keepFrom { add(bucket) }
        forgetSlices(before: report.keepFrom)
        switch report.streak {
        case .add(0): break
        case .add(let failures): add(Attribute.failureStreak, failures)
        case .restart(let failures): set(Attribute.failureStreak, number: failures)
        }
        switch report.showing {
        case .unchanged: break
        case .add(let failures):
            add(Attribute.failureCount, failures)
            add(Attribute.shownFailures, failures)
        case .set(let count, let own):
            set(Attribute.failureCount, number: count)
            set(Attribute.shownFailures, number: own)
        }
        if !report.keepsLastFailureTime, let time = report.lastFailure { raise(Attribute.lastFailureTime, to: time) }
        if let error = report.lastError { set(Attribute.lastError, error.stored(as: FieldValue.self)) }
        expire(at: report.expiresAt)
    }

    // A slice is there if one of its fields is, be it 0.
    private mutating func add(_ bucket: CircuitWindow.Bucket) {
        for count in WindowField.Count.allCases where bucket.tally[count] != 0 || count == .failures {
            add(WindowField.count(count, start: bucket.start).name, bucket.tally[count])
        }
        for reporter in bucket.reporters { set(WindowField.reporter(reporter, start: bucket.start).name, "1") }
    }
}

extension Update {
    init(_ change: CircuitChange) {
        let condition = change.condition
        if let epoch = condition.epoch { requireEpoch(epoch) }
        if let state = condition.circuitState { requireState(state, in: Attribute.circuitState) }
        if let slot = condition.slot { requireSlot(slot) }
        if let fence = condition.orderEpoch { requireEpoch(fence, in: Attribute.orderEpoch) }
        if let fence = condition.announcedOrder { requireEpoch(fence, in: Attribute.announcedOrder) }
        if let entry = change.historyEntry { remember(entry) }
        let slot = condition.slot.map { Attribute.slot($0.index) }
        switch change.target {
        case .transition(let transition):
            if let slot { remove(slot) }
            make(transition)
        case .takeSlot(let contents, let reclaimed):
            if let slot { set(slot, contents.text) }
            if reclaimed { add(Attribute.lostProbes, 1) }
        case .releaseSlot(let isUnused):
            if let slot { remove(slot) }
            if isUnused { add(Attribute.unusedProbes, 1) }
        case .countSuccess:
            if let slot { remove(slot) }
            add(Attribute.ownSuccessCount, 1)
            copy(Attribute.successCount, from: Attribute.ownSuccessCount, orElse: "0")
        case .order(let order, let fence):
            if let order { set(Attribute.order, order.stored(as: FieldValue.self)) } else { remove(Attribute.order) }
            set(Attribute.orderEpoch, number: fence.rawValue)
            if change.announcesOrder { set(Attribute.announcedOrder, number: fence.rawValue) }
        }
        switch change.mirror {
        case .open(let until)?:
            set(Attribute.circuitState, CircuitState.open.rawValue)
            set(Attribute.nextAttempt, until)
        case .ownState?:
            copy(Attribute.circuitState, from: Attribute.state, orElse: CircuitState.closed.rawValue)
            copy(Attribute.nextAttempt, from: Attribute.ownNextAttempt, orElse: "0")
        case nil: break
        }
        expire(at: change.expiresAt)
    }

    private mutating func remember(_ entry: HistoryEntry) {
        let name = HistoryName(entry)
        set(name.attribute, entry.stored(as: FieldValue.self))
        keepNewest(HistoryEntry.limit, of: name.prefix)
    }

    private mutating func make(_ transition: CircuitChange.Transition) {
        set(Attribute.epoch, number: transition.epoch.rawValue)
        set(Attribute.state, transition.state.rawValue)
        set(Attribute.since, transition.now)
        set(Attribute.ownNextAttempt, transition.nextAttempt)
        set(Attribute.ownConsecutiveOpens, number: transition.consecutiveOpens)
        set(Attribute.writer, transition.writer.text)
        set(Attribute.reason, transition.reason.stored(as: FieldValue.self))
        keep(transition.evidence)
        for field in [Attribute.ownSuccessCount, Attribute.lostProbes, Attribute.unusedProbes, Attribute.failureStreak, Attribute.successCount] {
            remove(field)
        }
        forgetWindow()
        if let index = transition.takes, let leaseEnd = transition.leaseEnd {
            set(Attribute.slot(index), ProbeSlot(holder: transition.writer, leaseEnd: leaseEnd).text)
        }
        set(Attribute.circuitState, transition.state.rawValue)
        set(Attribute.failureCount, number: transition.failureCount)
        set(Attribute.shownFailures, number: transition.failureCount)
        set(Attribute.nextAttempt, transition.nextAttempt)
        set(Attribute.consecutiveOpens, number: transition.consecutiveOpens)
        set(Attribute.stateTimestamp, transition.now)
    }

    private mutating func keep(_ evidence: Evidence) {
        if let since = evidence.troubleSince { set(Attribute.troubleSince, String(since.milliseconds)) } else { remove(Attribute.troubleSince) }
        if let name = evidence.changedBy { set(Attribute.changedBy, name.shortenedForRecord) } else { remove(Attribute.changedBy) }
        if let error = evidence.lastError { set(Attribute.lastError, error.stored(as: FieldValue.self)) }
    }
}
