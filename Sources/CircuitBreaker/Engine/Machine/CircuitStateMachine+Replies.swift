//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
extension CircuitStateMachine {
    // Takes in what the store answered to a request that this machine handed out. Each request gets exactly one reply.
    package mutating func receive(_ reply: StoreReply, to request: StoreRequest, _ call: inout CallProgress, at now: Timestamp) {
        if request.number == reading { reading = nil }
        switch request.action {
        case .read(let consistent):
            receiveRead(reply, consistent: consistent, of: request, &call, at: now)
        case .report(let report):
            receiveReport(reply, to: report, of: request, at: now)
        case .change(let change):
            if change.isTransition { changing = nil }
            if case .order = change.target { isKeepingOrder = false }
            if let index = change.slotTaken { slotsSpokenFor.remove(index) }
            receiveChange(reply, to: change, of: request, &call, at: now)
        }
    }

    // The reply to a look, for which no call asked itself. What is to be asked next, if anything.
    package mutating func collect(_ reply: StoreReply, to request: StoreRequest, at now: Timestamp) -> StoreRequest? {
        var call = CallProgress()
        receive(reply, to: request, &call, at: now)
        // The next call that sees the slot uses it.
        if let taken = call.takenSlot { unresolved = unresolved.suffix(7) + [taken.contents.holder] }
        guard call.needsConsistentRead else { return nil }
        return read(consistent: true, at: now)
    }

    // MARK: views

    private mutating func receiveRead(
        _ reply: StoreReply,
        consistent: Bool,
        of request: StoreRequest,
        _ call: inout CallProgress,
        at now: Timestamp
    ) {
        guard case .record(let record) = reply else {
            call.needsConsistentRead = false
            return fail(reply.failure, of: request, at: now)
        }
        reached(.reads, by: request, at: now)
        let movesBack = record.map { $0.isOlder(than: view.record) } ?? view.exists
        call.needsConsistentRead = movesBack && !consistent
        // An answer to a question that was asked before this view came may be the older of the two.
        if movesBack, !consistent || request.number <= view.lastRequest { return }
        see(record, from: request, at: now)
    }

    // A write's answer holds the record as it was right then, but may be overtaken on its way here. If it was not, an older record is a new one.
    private mutating func seeAfterWrite(
        _ record: CircuitRecord?,
        from request: StoreRequest,
        isOwnChange: Bool = false,
        isOwnAnnouncement: Bool = false,
        at now: Timestamp
    ) {
        reached(.writes, by: request, at: now)
        if record?.isOlder(than: view.record) ?? true, request.number <= view.lastRequest { return }
        see(record, from: request, isOwnChange: isOwnChange, isOwnAnnouncement: isOwnAnnouncement, at: now)
    }

    private mutating func see(
        _ record: CircuitRecord?,
        from request: StoreRequest,
        isOwnChange: Bool = false,
        isOwnAnnouncement: Bool = false,
        at now: Timestamp
    ) {
        let old = view.record
        let exists = record != nil
        let record = record ?? CircuitRecord()
        let isSameEpoch = exists && record.epoch == old.epoch && record.orderEpoch == old.orderEpoch
        if isSameEpoch, view.exists, request.number < view.number { return }
        let number = max(request.number, view.number)
        setMark(before: record)
        view = View(record: record, exists: exists, fetchedAt: request.sentAt, number: number, lastRequest: requests)
        hasDrawn = false
        if record.epoch != old.epoch { others = OthersClock() }
        others.see(record.window, at: now)
        noteOrder(after: old, isOwn: isOwnAnnouncement)
        guard record.epoch != old.epoch else { return }
        takeNextRules()
        // The answer to another request may be the first to show what this environment did.
        let isOwn = isOwnChange || record.writer.map { $0 == changing || unresolved.contains($0) } ?? false
        // A write that also took a slot stays known until a call has used that slot.
        if let writer = record.writer, !record.slots.values.contains(where: { $0.holder == writer }) { unresolved.removeAll { $0 == writer } }
        if record.epoch < old.epoch, old.state == .closed, record.state == .closed {
            unreported.goOn(in: record.epoch)
        } else if unreported.begin(record.epoch).failures > 0 {
            notices.append(.staleOutcome)
        }
        lastSuccessReport = nil
        untold = 0
        own = CircuitRecord()
        uncertainUntil = Timestamp(milliseconds: .min)
        if store.isFailing { beginAlone(at: now) }
        if record.state != old.state {
            notices.append(.stateChanged(from: old.state, to: record.state, reason: record.reason, epoch: record.epoch, isOwn: isOwn))
        }
    }

    private mutating func noteOrder(after old: CircuitRecord, isOwn: Bool) {
        let record = view.record
        guard record.announcedOrder != old.announcedOrder, record.announcedOrder == record.orderEpoch else { return }
        let isOwn = isOwn || unresolvedAnnouncement == record.announcedOrder
        if let unresolvedAnnouncement, unresolvedAnnouncement <= record.announcedOrder { self.unresolvedAnnouncement = nil }
        notices.append(.orderChanged(to: record.order, hasEnded: record.history.endsWithExpiredOrder, isOwn: isOwn))
    }

    // MARK: writes

    private mutating func receiveReport(_ reply: StoreReply, to report: CircuitReport, of request: StoreRequest, at now: Timestamp) {
        switch reply {
        case .reported(.accepted(let record)):
            unreported.acknowledge(report)
            if report.epoch == view.record.epoch { others.report(report) }
            seeAfterWrite(record, from: request, at: now)
        case .reported(.refused(let record)):
            // The record that the report was for is gone, and nobody changed its state: what was seen while it was CLOSED is reported again.
            if record?.epoch ?? .zero < report.epoch {
                unreported.takeBack(report)
            } else {
                unreported.acknowledge(report)
                if report.lastFailure != nil { notices.append(.staleOutcome) }
            }
            seeAfterWrite(record, from: request, at: now)
        default:
            let failure = reply.failure
            // The environment's own circuit begins with what is unreported, so it must be known before the report is given up.
            if !failure.mayHaveBeenApplied { unreported.takeBack(report) }
            fail(failure, of: request, at: now)
            guard failure.mayHaveBeenApplied else { return }
            if report.epoch == view.record.epoch { others.report(report) }
            // Sent again it could count twice.
            unreported.acknowledge(report)
            if report.isUrgent, report.epoch == view.record.epoch {
                uncertainUntil = now.adding(rules.window + rules.bucketWidth)
            }
            let calls = report.buckets.reduce(0) { $0.addingSaturating($1.tally.calls) }
            if calls > 0 { notices.append(.uncertainReport(calls: calls)) }
        }
    }

    private mutating func receiveChange(
        _ reply: StoreReply,
        to change: CircuitChange,
        of request: StoreRequest,
        _ call: inout CallProgress,
        at now: Timestamp
    ) {
        let answer: CircuitRecord?
        switch reply {
        case .changed(.won(let record)):
            answer = record
            call.settling.written()
            seeAfterWrite(record, from: request, isOwnChange: change.isTransition, isOwnAnnouncement: change.announcesOrder, at: now)
        case .changed(.lost(let record)):
            answer = record
            // An earlier delivery of this same write may have won, and its reply was lost.
            let isOwn = record.map(change.isApplied) ?? false
            if isOwn { call.settling.written() } else { call.settling.refused() }
            seeAfterWrite(record, from: request, isOwnChange: isOwn && change.isTransition, at: now)
        default:
            if case .order(_, let fence) = change.target, change.announcesOrder, reply.failure.mayHaveBeenApplied { unresolvedAnnouncement = fence }
            if let token = change.token, reply.failure.mayHaveBeenApplied { unresolved = unresolved.suffix(7) + [token] }
            return fail(reply.failure, of: request, at: now)
        }
        // The view may already hold the answer to a later question.
        if let index = change.slotTaken, let token = change.token, let answer, let contents = answer.slots[index], contents.holder == token {
            call.takenSlot = .init(index: index, contents: contents, epoch: answer.epoch)
        }
    }

    // MARK: the store itself

    private mutating func reached(_ kind: StoreHealth.Kind, by request: StoreRequest, at now: Timestamp) {
        let took = max(0, min(now.since(request.sentAt), rules.storeTimeout))
        roundTrip = roundTrip.map { $0 + took - $0 / 8 } ?? took * 8
        let (wasFailing, wasLost) = (store.isFailing, store.isLost)
        store.succeeded(kind)
        guard wasFailing, !store.isFailing else { return }
        if rules.policy.minimumReporters > 1 || !ownCircuitDecides(at: now) { own = CircuitRecord() }
        if wasLost { notices.append(.storeBack) }
    }

    // What calls wait for together: requests that none of them sent for itself.
    var kindsUnderWay: StoreHealth.Kinds {
        var kinds: StoreHealth.Kinds = []
        if unreported.inFlight != nil { kinds.insert(.init(.writes)) }
        // A look that tells of successes is a write.
        if isReading, unreported.inFlight == nil || reading != unreported.underWayAs { kinds.insert(.init(.reads)) }
        return kinds
    }

    // A call, of this circuit or of another with the same store, has waited for an answer in vain, so that others need not.
    mutating func noteSilence(of kinds: StoreHealth.Kinds, at now: Timestamp) {
        let wasFailing = store.isFailing
        for kind in [StoreHealth.Kind.reads, .writes] where kinds.contains(kind) { store[kind].isSilent = true }
        if !wasFailing, store.isFailing { beginAlone(at: now) }
    }

    mutating func fail(_ failure: StoreFailure, of request: StoreRequest, at now: Timestamp) {
        let (wasFailing, wasLost) = (store.isFailing, store.isLost)
        let kind = request.action.kind
        // Who has never seen the record has no view to go on with, and no epoch to report in.
        let isThrottled = failure.isThrottling && view.fetchedAt != nil
        if isThrottled, store.isOnlyThrottled {
            store.throttled(kind, maxViewAge: rules.maxViewAge, random: random.unit(), at: now)
        } else {
            store.failed(
                kind,
                number: request.number,
                isThrottled: isThrottled,
                isFinal: failure.isFinal,
                lastRequest: requests,
                retryInterval: rules.storeRetryInterval,
                at: now
            )
        }
        if !wasFailing, store.isFailing { beginAlone(at: now) }
        if !wasLost, store.isLost { notices.append(.storeLost) }
    }
}

extension CircuitReport {
    var isUrgent: Bool { buckets.contains(where: \.isUrgent) }
}

extension StoreReply {
    // A reply of another verb's kind is a store's mistake, and as good as none.
    fileprivate var failure: StoreFailure {
        if case .failed(let failure) = self { failure } else { StoreFailure() }
    }
}

extension CircuitChange {
    var isTransition: Bool {
        if case .transition = target { true } else { false }
    }

    var token: WriterToken? {
        switch target {
        case .transition(let transition): transition.writer
        case .takeSlot(let slot, _): slot.holder
        case .releaseSlot, .countSuccess, .order: nil
        }
    }

    var slotTaken: Int? {
        switch target {
        case .transition(let transition): transition.takes
        case .takeSlot: condition.slot?.index
        case .releaseSlot, .countSuccess, .order: nil
        }
    }

    // Whether a record that refused this change shows that it had been made before.
    func isApplied(in record: CircuitRecord) -> Bool {
        switch target {
        case .transition(let transition): record.writer == transition.writer
        case .takeSlot(let slot, _): condition.slot.map { record.slots[$0.index] == slot } ?? false
        case .releaseSlot, .countSuccess:
            (condition.epoch.map { $0 == record.epoch } ?? true) && (condition.slot.map { record.slots[$0.index] == nil } ?? false)
        case .order(_, let fence): record.orderEpoch == fence
        }
    }
}
