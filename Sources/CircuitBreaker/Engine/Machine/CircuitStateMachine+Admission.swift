//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package enum Admission: Hashable, Sendable {
    case permit(Ticket)
    case rejected(Rejection)
    // Perform this, hand the reply to `receive`, and ask again.
    case perform(StoreRequest)
    // Perform this too, and ask again at once.
    case lookBeside(StoreRequest)
    // The store has been asked: wait for its reply, and ask again.
    case join
}

extension CircuitStateMachine {
    package mutating func admit(_ call: inout CallProgress, at now: Timestamp) -> Admission {
        if let taken = call.takenSlot {
            call.takenSlot = nil
            // After a freeze the lease may be over before the call began.
            if now < taken.contents.leaseEnd {
                if maySetOut(taken, at: now) { return .permit(probeTicket(taken.index, taken.contents, epoch: taken.epoch, at: now)) }
                if store.canWrite(at: now) { return .perform(giveBack(taken, for: &call, at: now)) }
            }
        }
        let firstRequest = call.firstRequest ?? requests + 1
        call.firstRequest = firstRequest
        if !isViewYoungEnough(for: call, at: now) || store.failsToRead {
            if let rejection = ownRejection(at: now) { return .rejected(rejection) }
            if store.failsToRead {
                // One call tries a store that fails; all others go on without it.
                return isReading || !store.canRead(at: now) ? admitAlone(at: now) : .perform(read(at: now))
            }
            if mayLookBeside(at: now) {
                if !isReading { return .lookBeside(tellingLook(at: now)) }
            } else if isReading {
                return .join
            } else if call.reads < Self.readsPerCall {
                call.reads += 1
                return .perform(read(at: now))
            }
        }
        if let upkeep = keepOrder(for: &call, at: now) { return .perform(upkeep) }
        if let admission = admitByOrder(at: now) { return admission }
        if let trip = owedTrip(for: &call, at: now) { return .perform(trip) }
        if mustReport(at: now), unreported.inFlight == nil, call.reports == 0, store.canWrite(at: now) {
            call.reports += 1
            return .perform(sendReport(at: now))
        }
        return admitByView(&call, at: now)
    }

    // While CLOSED and nothing else is to be written, an empty report finds out whether the store can be written again.
    private func mustReport(at now: Timestamp) -> Bool {
        if unreported.isUrgent { return true }
        guard store.failsToWrite, view.record.state == .closed, case .admit = rules.standing(of: view.record, at: now) else { return false }
        return true
    }

    private mutating func admitByView(_ call: inout CallProgress, at now: Timestamp) -> Admission {
        let admission = admitByRecord(&call, at: now)
        guard let order = orderInForce(at: now), order.kind == .observe, case .rejected(let rejection) = admission else { return admission }
        notices.append(.wouldReject(rejection))
        return .permit(uncountedTicket(at: now))
    }

    // For a call whose allowance for the store is used up.
    package mutating func admitLate(_ call: inout CallProgress, at now: Timestamp) -> Admission {
        if let taken = call.takenSlot {
            call.takenSlot = nil
            if now < taken.contents.leaseEnd, maySetOut(taken, at: now) {
                return .permit(probeTicket(taken.index, taken.contents, epoch: taken.epoch, at: now))
            }
        }
        guard !store.failsToRead, view.fetchedAt != nil else { return admitAlone(at: now) }
        // The store is slow, not lost: what it last said decides, and nothing more is asked.
        call.changes = Self.changesPerCall
        return admitByOrder(at: now) ?? admitByView(&call, at: now)
    }

    // While the slot was being taken, another probe may have changed the state, or an order have come.
    private func maySetOut(_ taken: CallProgress.TakenSlot, at now: Timestamp) -> Bool {
        view.record.state == .halfOpen && taken.epoch == view.record.epoch && orderInForce(at: now)?.kind != .forceOpen
    }

    private func admitByOrder(at now: Timestamp) -> Admission? {
        guard let order = orderInForce(at: now) else { return nil }
        switch order.kind {
        case .forceOpen:
            return .rejected(forcedOpen(order, at: now))
        case .forceClosed:
            let isClosed = view.record.state == .closed && view.record.foreignState == .closed
            return .permit(isClosed ? countedTicket(at: now) : uncountedTicket(at: now))
        case .disabled:
            return .permit(uncountedTicket(at: now))
        case .observe:
            return nil
        }
    }

    private mutating func admitByRecord(_ call: inout CallProgress, at now: Timestamp) -> Admission {
        let record = view.record
        if let slot = orphanedSlot(at: now) { return .permit(slot) }
        switch rules.standing(of: record, at: now, spokenFor: slotsSpokenFor) {
        case .admit(let share):
            if let rejection = leftOut(by: share) { return .rejected(rejection) }
            if store.failsToWrite { return admitAlone(at: now) }
            return ownCircuitDecides(at: now) ? admitByOwnRecord(at: now) : .permit(countedTicket(at: now))
        case .reject(let reason, let state, let until):
            return .rejected(Rejection(reason: reason, state: state, retryAfterMilliseconds: until.since(now)))
        case .probe, .due:
            // What is due before a try has been answered is decided alone.
            if store.isLost, !store.canWrite(at: now) { return admitAlone(at: now) }
            return change(&call, at: now)
        }
    }

    // What the record in view lets this call do to it.
    private mutating func change(_ call: inout CallProgress, at now: Timestamp) -> Admission {
        let record = view.record
        switch rules.standing(of: record, at: now, spokenFor: slotsSpokenFor) {
        case .admit, .reject:
            return .rejected(busy(record.state))
        case .probe(let slot, let contents, let opens):
            guard canChange(call, at: now), !(opens && isChangingState) else { return .rejected(busy(record.state)) }
            return .perform(takeSlot(slot, contents: contents, opens: opens, for: &call, at: now))
        case .due(let change):
            guard canChange(call, at: now), !isChangingState else { return .rejected(rejection(while: change, at: now)) }
            return .perform(request(dueChange(change, of: record, at: now), for: &call, at: now))
        }
    }

    // Calls that find the store's answer contested this often are rejected rather than kept waiting.
    private static let changesPerCall = 4

    private static let readsPerCall = 3

    func canChange(_ call: CallProgress, at now: Timestamp) -> Bool {
        call.changes < Self.changesPerCall && store.canWrite(at: now)
    }

    func forcedOpen(_ order: CircuitOrder, at now: Timestamp) -> Rejection {
        let wait = order.until.map { $0.since(now) } ?? rules.maximumOpenTime
        return Rejection(reason: .forcedOpen(order), state: .open, retryAfterMilliseconds: wait)
    }

    // While only a share of the calls is admitted, chance decides which.
    mutating func leftOut(by share: Double) -> Rejection? {
        guard share < 1, random.unit() >= share else { return nil }
        return Rejection(reason: .ramping(share: share), state: .closed, retryAfterMilliseconds: rules.maxViewAge)
    }

    func busy(_ state: CircuitState) -> Rejection {
        Rejection(reason: .probing, state: state, retryAfterMilliseconds: rules.maxViewAge)
    }

    private func rejection(while change: DueChange, at now: Timestamp) -> Rejection {
        switch change {
        case .trip(let reason):
            Rejection(reason: .open(reason), state: .open, retryAfterMilliseconds: rules.openTime)
        case .adoptOpen(let nextAttempt):
            Rejection(reason: .open(.adopted), state: .open, retryAfterMilliseconds: nextAttempt.since(now))
        case .putBack:
            Rejection(reason: .open(view.record.reason), state: .open, retryAfterMilliseconds: view.record.nextAttempt.since(now))
        case .close, .giveUp, .adoptClosed:
            busy(view.record.state)
        }
    }

    // MARK: tickets

    // Counted if its epoch, the one in view unless said otherwise, is still the record's when it ends.
    package func countedTicket(of epoch: Epoch? = nil, at now: Timestamp) -> Ticket {
        Ticket(kind: .counted, epoch: epoch ?? view.record.epoch, ownEpoch: own.epoch, isOwn: false, admittedAt: now)
    }

    func uncountedTicket(at now: Timestamp) -> Ticket {
        Ticket(kind: .uncounted, epoch: view.record.epoch, ownEpoch: own.epoch, isOwn: false, admittedAt: now)
    }

    func probeTicket(_ index: Int, _ contents: ProbeSlot, epoch: Epoch, at now: Timestamp) -> Ticket {
        Ticket(kind: .probe(slot: index, contents: contents), epoch: epoch, ownEpoch: own.epoch, isOwn: false, admittedAt: now)
    }

    // A slot that an earlier write of ours took, whose reply was lost: no call uses it, so this one may.
    private mutating func orphanedSlot(at now: Timestamp) -> Ticket? {
        let record = view.record
        guard !unresolved.isEmpty, record.state == .halfOpen, record.foreignState == .halfOpen else { return nil }
        // In order of their numbers: the engine's decisions must not hang on a dictionary's order.
        for (index, contents) in record.slots.sorted(by: { $0.key < $1.key })
        where unresolved.contains(contents.holder) && now < contents.leaseEnd {
            unresolved.removeAll { $0 == contents.holder }
            return probeTicket(index, contents, epoch: record.epoch, at: now)
        }
        return nil
    }

    // MARK: the healthy path

    // Until when every call is admitted, and its success needs nothing but to be counted; nil: ask the engine for each call.
    package func freePass(at now: Timestamp) -> Timestamp? {
        guard isClosedForAll, !unreported.isUrgent, !store.isFailing, let fetchedAt = view.fetchedAt, !orderNeedsKeeping(at: now) else { return nil }
        // While there is no record, chance must first decide whether a success is reported at once: else a few failures are all that is known.
        guard knowsVolume || hasDrawn else { return nil }
        let isHealthy = isHealthy(at: now)
        let mayLookBeside = mayLookBeside(isHealthy: isHealthy, at: now)
        let allowedAge = allowedAge(isHealthy: isHealthy)
        guard mayLookBeside || isView(noOlderThan: allowedAge, at: now) else { return nil }
        guard isHealthy || rules.share(of: view.record, at: now) == 1 && !ownCircuitDecides(at: now) else { return nil }
        guard !rules.countsStreak || view.record.failureStreak == 0 && !unreported.isInterrupted else { return nil }
        // While a look is under way beside the calls, none of them waits for it.
        let isLooking = isReading && mayLookBeside
        let end = isLooking ? min(fetchedAt.adding(rules.lookBeside), now.adding(rules.maxHealthyViewAge)) : fetchedAt.adding(allowedAge)
        guard now < end else { return nil }
        if !isHealthy, rules.tripReason(of: view.record, at: now) != nil { return nil }
        return end
    }

    private var isClosedForAll: Bool {
        view.record.state == .closed && view.record.shared.circuitState == .closed && view.record.order == nil
    }

    // Until when every call is rejected for the same reason, at no cost; nil: ask the engine for each call.
    package func freeRefusal(at now: Timestamp) -> (rejection: Rejection, end: Timestamp)? {
        guard !isClosedForAll, let fetchedAt = view.fetchedAt, isViewFresh(at: now), !store.failsToRead, !unreported.isUrgent else { return nil }
        let record = view.record
        guard !orderNeedsKeeping(at: now) else { return nil }
        var end = fetchedAt.adding(rules.maxViewAge)
        var rejection: Rejection?
        if let order = orderInForce(at: now) {
            guard order.kind == .forceOpen, case .rejected(let forced)? = admitByOrder(at: now) else { return nil }
            rejection = forced
            end = min(end, order.until ?? end)
        } else if case .reject(.open(let reason), let state, let until) = rules.standing(of: record, at: now) {
            rejection = Rejection(reason: .open(reason), state: state, retryAfterMilliseconds: until.since(now))
            end = min(end, until)
        }
        return rejection.flatMap { now < end ? ($0, end) : nil }
    }
}
