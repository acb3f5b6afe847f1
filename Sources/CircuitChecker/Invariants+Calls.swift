//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// What must hold whenever an environment admits, rejects or settles a call.
extension World {
    mutating func checkAdmission(of ticket: Ticket, _ call: Call, _ e: Int, in scenario: Scenario) {
        let clock = clock(of: e)
        let machine = environments[e].machine
        let view = machine.view.record
        let rules = environments[e].machine.rules
        if ticket.kind == .counted, view.state == .open, !rules.isDue(view.nextAttempt, at: clock), machine.orderInForce(at: clock) == nil {
            // I6: nor against what the environment itself last saw, whether the store answers or not.
            violate("I6", "a call passed though its environment saw that the circuit is OPEN")
        }
        if machine.orderInForce(at: clock)?.kind == .forceOpen { violate("I6", "a call passed though its environment saw the order to reject all") }
        // I10: a call whose caller has given up is not made.
        if call.isCancelled { violate("I10", "a call was made though its caller had given up") }
        checkOwn(ticket, e, in: scenario)
        // Who waited for the store in vain may go by what it last said.
        if call.session.isLate, !machine.isViewFresh(at: clock) { return }
        // Who cannot read is alone; who has lost the store though it can read goes by its own circuit while it sees another state than CLOSED.
        guard !machine.isAlone, !ticket.isOwn else { return }
        let staleness = scenario.budget.staleReads > 0 ? scenario.staleness : 0
        // A view that was asked for after the call began is young enough for it, however long the answer took: then what holds is what held when it began.
        let start = call.session.asked(for: machine.view) ? call.begunAt ?? now : now
        let isHealthy = isHealthy(e, in: scenario)
        let isLooking = isHealthy && (environments[e].calls.contains { $0.purpose == .look } || !environments[e].session.looks.isEmpty)
        let age = isLooking ? max(rules.maxHealthyViewAge, rules.lookBeside) : isHealthy ? rules.maxHealthyViewAge : rules.maxViewAge
        let limit = max(age, now - start) + staleness
        if let since = ghost.forcedOpenSince, now - since > limit, let order = record?.order, order.isInForce(at: clock) {
            // I6, of an order: obeyed by all within the age of a view.
            violate("I6", "a call passed \(now - since) ms after an operator had forced the circuit open")
        }
        switch ticket.kind {
        case .counted:
            // I6: after a trip no call of a CLOSED circuit for longer than a view may be old. I9: whatever a foreign writer makes of it.
            if let since = ghost.notClosedSince, now - since > limit {
                let state = record?.state ?? .closed
                let shown = record?.shared.circuitState ?? .closed
                let what = "a call passed as if CLOSED \(now - since) ms after the circuit was no longer CLOSED (now \(state), shown as \(shown))"
                violate(state == .open && shown != .open ? "I9" : "I6", what)
            }
            checkTogether(e, in: scenario)
            // I6: and none at all after a report was refused.
            if let refused = environments[e].ghost.refusedBy, ticket.epoch <= refused {
                violate("I6", "a call of epoch \(ticket.epoch.rawValue) passed after the record of epoch \(refused.rawValue) had refused a report")
            }
        case .probe(_, let contents):
            // I3: no probe sets out when its lease is over.
            if clock >= contents.leaseEnd { violate("I3", "a probe set out \(clock.since(contents.leaseEnd)) ms after its lease") }
            // I6: nor when its environment knows that the circuit is OPEN again.
            if view.state == .open, !rules.isDue(view.nextAttempt, at: clock) {
                violate("I6", "a probe set out though its environment saw that the circuit is OPEN again")
            }
        case .uncounted:
            break
        }
    }

    // I9: failures of a foreign writer and of this fleet count towards one threshold, for whoever has seen both.
    private mutating func checkTogether(_ e: Int, in scenario: Scenario) {
        let (machine, clock) = (environments[e].machine, clock(of: e))
        guard case .failures(let threshold, share: 0) = scenario.rules.policy.rule, machine.orderInForce(at: clock) == nil else { return }
        guard ghost.foreignFailures > 0, !ghost.isForeignCountLost, clock.since(ghost.foreignFailedAt) <= scenario.rules.window else { return }
        let view = machine.view.record
        guard let seenAt = machine.view.fetchedAt?.milliseconds, let since = ghost.foreignSince, seenAt - environments[e].skew > since else { return }
        guard view.epoch == ghost.epoch, view.state == .closed else { return }
        let own = scenario.rules.total(of: view, at: clock).failures
        guard own + ghost.foreignFailures >= threshold else { return }
        violate("I9", "a call passed after \(own) failures and \(ghost.foreignFailures) of a foreign writer, \(threshold) open the circuit")
    }

    // As far as the environment can know, all is well: then its view may be older.
    private func isHealthy(_ e: Int, in scenario: Scenario) -> Bool {
        let (machine, clock) = (environments[e].machine, clock(of: e))
        let record = machine.view.record
        guard record.state == .closed, record.shared.circuitState == .closed, machine.orderInForce(at: clock) == nil else { return false }
        let start = scenario.rules.windowStart(at: clock)
        let isWell = record.window.buckets.allSatisfy { $0.start < start || $0.tally.failures == 0 && $0.tally.slowCalls == 0 }
        if scenario.rules.countsStreak, record.failureStreak > 0 { return false }
        return isWell && environments[e].ghost.seen.allSatisfy { scenario.rules.bucketStart(at: $0) < start }
    }

    mutating func checkRejection(_ rejection: Rejection, _ e: Int, _ c: Int, in scenario: Scenario) {
        checkWait(rejection, of: environments[e].calls[c], e, in: scenario)
        guard rejection.reason == .probing, scenario.budget.duplicates == 0, !scenario.keepsName else { return }
        let machine = environments[e].machine
        guard !machine.store.isFailing else { return }
        // I10: an environment does not reject a call because of a slot that it holds itself and uses for none.
        let view = machine.view.record
        guard let record, view.state == .halfOpen, view.shared.circuitState == .halfOpen else { return }
        for slot in record.slots.values where slot.holder.environment == machine.environment && clock(of: e) < slot.leaseEnd {
            guard view.slots.values.contains(slot), !environments[e].ghost.abandoned.contains(slot) else { continue }
            let isUsed = environments[e].calls.contains { $0.uses(slot) }
            let isUnderWay = strays.contains { $0.environment == e && $0.action.isAbout(slot) }
            if !isUsed, !isUnderWay { violate("I10", "a call was rejected though its environment holds a slot that no call uses") }
        }
    }

    // I11: but for an order, no record and no clock rejects for longer than the rules' longest time.
    private mutating func checkWait(_ rejection: Rejection, of call: Call, _ e: Int, in scenario: Scenario) {
        let rules = environments[e].machine.rules
        let clock = clock(of: e)
        let record = environments[e].machine.decidesAlone(at: clock) ? environments[e].machine.own : environments[e].machine.view.record
        if case .forcedOpen = rejection.reason { return }
        if rejection.retryAfterMilliseconds > rules.longestRejection {
            violate("I11", "a call was rejected for \(rejection.retryAfterMilliseconds) ms, \(rules.longestRejection) ms is the longest time")
        }
        switch rejection.reason {
        // A call whose time for the store is used up cannot take a slot.
        case .probing where !call.session.isLate:
            let latest = clock.adding(rules.longestLease + rules.maxClockSkew)
            let held = record.slots.filter { !rules.isFree($0.value, at: clock) || $0.value.leaseEnd > latest }.map(\.value.leaseEnd)
            if let last = held.min(), last > latest { violate("I11", "a slot is held until \(last), \(latest) is the latest time") }
        case .ramping:
            if record.since > clock.adding(rules.maxClockSkew) { violate("I11", "a call was rejected by a ramp that begins at \(record.since)") }
        case .open, .probing, .forcedOpen, .storeLost: break
        }
    }

    mutating func checkView(_ e: Int, after before: CircuitRecord, _ reply: StoreReply, to request: StoreRequest, in scenario: Scenario) {
        let view = environments[e].machine.view.record
        let mayMoveBack = scenario.budget.deletions > 0 && request.action != .read(consistent: false)
        // I6: views only move forward.
        if view.isOlder(than: before), !mayMoveBack {
            violate("I6", "a view moved back from epoch \(before.epoch.rawValue) to \(view.epoch.rawValue)")
        }
    }

    mutating func note(_ outcome: Outcome, of ticket: Ticket) {
        guard ticket.epoch == record?.epoch ?? .zero, !ticket.isOwn else { return }
        if ticket.kind == .counted, countsSuccesses, case .success = outcome { ghost.successes += 1 }
        switch (ticket.kind, outcome) {
        case (.counted, .failure): ghost.failures += 1
        case (.counted, .success(isSlow: true)): ghost.slowCalls += 1
        case (.probe, .failure), (.probe, .success(isSlow: true)): ghost.badProbes += 1
        case (.probe, .success(isSlow: false)): ghost.goodProbes += 1
        default: break
        }
    }

    // Where each success is reported for itself, no sample stands for several.
    var countsSuccesses: Bool {
        environments.first.map { $0.machine.rules.needsSuccesses && $0.machine.rules.sampling.first >= 1 } ?? false
    }

    mutating func checkSettlement(of call: Call, _ ticket: Ticket, _ outcome: Outcome, _ e: Int, in scenario: Scenario) {
        let record = record ?? CircuitRecord()
        let machine = environments[e].machine
        let wasAnswered = !call.hasFailed && !call.session.isLate && !environments[e].ghost.isCutOff && machine.store.takesWrites(at: clock(of: e))
        switch (ticket.kind, outcome) {
        case (.counted, .failure):
            guard ticket.epoch == record.epoch, record.state == .closed, record.shared.circuitState == .closed else { return }
            guard wasAnswered, !environments[e].ghost.isExcused else { return }
            // What ended longer ago than the window reaches back may be forgotten.
            let start = scenario.rules.windowStart(at: clock(of: e))
            if let endedAt = call.endedAt, scenario.rules.bucketStart(at: endedAt) < start { return }
            environments[e].ghost.settled += 1
            // I1: when a call that failed is settled, the record has its failure.
            if environments[e].ghost.arrived < environments[e].ghost.settled {
                let (settled, arrived) = (environments[e].ghost.settled, environments[e].ghost.arrived)
                violate("I1", "\(settled) failures of this environment are settled, but \(arrived) arrived")
            }
        case (.probe(let index, let contents), _) where !ticket.isOwn:
            guard wasAnswered else {
                environments[e].ghost.abandoned.insert(contents)
                return
            }
            // I10: a call that is over holds no slot.
            if record.slots[index] == contents { violate("I10", "a call is over and settled, but still holds slot \(index)") }
        default:
            break
        }
    }
}

// What must hold of the session itself, whatever the machine says.
extension World {
    // A pass says what the engine would say.
    mutating func checkPass(_ step: Session.Step, of call: Call, _ before: Session, _ e: Int) {
        guard before.usesPasses else { return }
        var engine = before
        engine.usesPasses = false
        var other = Session.Call()
        let said = engine.begin(&other, at: clock(of: e))
        switch (step, said) {
        case (.run(let ticket, _), .run(let same, _)) where ticket.kind == .counted && same.kind == .counted && ticket.epoch == same.epoch: break
        case (.run, _) where call.session.isPassed: violate("I6", "a pass admitted a call, the engine says \(said)")
        case (.reject(let rejection), .reject(let same)) where rejection.reason == same.reason: break
        // Chance decides within a ramp.
        case (.reject(let rejection), _) where rejection.isByPass: violate("I5", "a pass rejected a call, the engine says \(said)")
        default: break
        }
    }

    // I7: no call waits for a store that fails.
    mutating func checkPatience(_ step: Session.Step, of call: Call, _ e: Int) {
        let machine = environments[e].machine
        guard call.purpose == .call, machine.store.isFailing else { return }
        let isAnyWriteInDoubt = machine.store.failsToWrite || machine.store.reads.isMoreThanThrottled
        switch step {
        case .ask: if isAnyWriteInDoubt { violate("I7", "a call asks a store that fails, and waits") }
        case .wait:
            let mayBeRead = machine.isReading && !machine.store.failsToRead
            let mayBeReported = machine.unreported.inFlight != nil && !isAnyWriteInDoubt
            if !mayBeRead, !mayBeReported { violate("I7", "a call waits for a store that fails") }
        case .run, .reject, .done: break
        }
    }

    // I7: no call asks the store when its time for the store is used up.
    mutating func checkAllowance(of call: Call) {
        if call.purpose == .call, call.session.isLate { violate("I7", "a call asks the store though its time for the store is used up") }
    }

    // I2: a command that is said to be carried out was, as the store's last answer shows.
    mutating func checkCommand(_ call: Call, _ step: Session.Step, after reply: StoreReply) {
        guard case .command(let command) = call.purpose, case .done(let ending) = step else { return }
        if case .contested(let attempts) = ending, attempts < Session.attempts {
            violate("I2", "an operator's command was given up after \(attempts) attempts")
        }
        guard ending == .settled else { return }
        let record: CircuitRecord? =
            switch reply {
            case .changed(.won(let record)): record
            case .changed(.lost(let record)), .record(let record): record
            default: nil
            }
        let shown = record ?? CircuitRecord()
        switch command {
        case .refresh: break
        case .order(let order):
            if shown.order != order { violate("I2", "an order was said to be given, but the record has another") }
        case .lift:
            if shown.order != nil { violate("I2", "an order was said to be lifted, but the record has one") }
        case .replace(_, let order, _, _):
            if shown.order != order { violate("I2", "an order was said to be replaced, but the record has another") }
        case .reset:
            if shown.state != .closed { violate("I2", "a circuit was said to be reset, but is \(shown.state.rawValue)") }
        }
    }

    // I10: a call that was given up before it ran holds no slot.
    mutating func checkCancellation(of call: Call, _ e: Int) {
        guard call.session.progress.holdsSlot else { return }
        violate("I10", "a call was given up, but a slot is held for it")
    }
}

extension StoreHealth {
    // Throttled reads stop no write; reads that fail in any other way stop writes as long as they are left alone.
    fileprivate func takesWrites(at now: Timestamp) -> Bool {
        writes.isUsable(at: now) && (!reads.isMoreThanThrottled || reads.isUsable(at: now))
    }
}

extension Rejection {
    fileprivate var isByPass: Bool {
        switch reason {
        case .open, .forcedOpen: true
        default: false
        }
    }
}

extension Call {
    func uses(_ slot: ProbeSlot) -> Bool {
        if session.progress.takenSlot?.contents == slot { return true }
        if let settles, settles.ticket.kind.contents == slot { return true }
        if session.ticket?.kind.contents == slot { return true }
        switch stage {
        case .running(let ticket): return ticket.kind.contents == slot
        case .sent(let request), .answered(let request, _): return request.action.isAbout(slot)
        case .ready, .joined: return false
        }
    }
}

extension Ticket.Kind {
    var contents: ProbeSlot? {
        if case .probe(_, let contents) = self { contents } else { nil }
    }
}

extension StoreAction {
    func isAbout(_ slot: ProbeSlot) -> Bool {
        guard case .change(let change) = self else { return false }
        return change.token == slot.holder || change.condition.slot?.contents == slot
    }
}
