//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// What must hold whenever an environment admits, rejects or settles a call.
extension Witness {
    mutating func admitted(_ ticket: Ticket, _ e: Int, of call: Session.Call, by machine: CircuitStateMachine, at clock: Timestamp) {
        let view = machine.view.record
        if ticket.kind == .counted, view.state == .open, clock < view.nextAttempt {
            violate("I6", "environment \(e) lets a call pass though it saw that the circuit is OPEN")
        }
        guard let expiry = ticket.leaseEnd else {
            let age = machine.view.fetchedAt.map { clock.since($0) } ?? .max
            // Who waited for the store may go by what it said to this call, or last; and who cannot reach it is alone.
            if call.isLate || call.asked(for: machine.view), age > machine.allowedAge(at: clock) { return }
            guard !machine.isAlone, ticket.kind == .counted else { return }
            return checkCounted(e, epoch: ticket.epoch, by: machine, at: clock)
        }
        guard !ticket.isOwn else { return }
        probes += 1
        if probes > rules.recovery.probes, spread <= rules.maxClockSkew {
            violate("I3", "\(probes) probes are under way, \(rules.recovery.probes) may be")
        }
        if clock >= expiry { violate("I3", "environment \(e) sets out on a probe \(clock.since(expiry)) ms after its lease") }
        if view.state == .open, clock < view.nextAttempt {
            violate("I6", "environment \(e) sets out on a probe though it saw that the circuit is OPEN again")
        }
    }

    private mutating func checkCounted(_ e: Int, epoch: Epoch, by machine: CircuitStateMachine, at clock: Timestamp) {
        // While all is well in view the view may be older; and older still while the look at the record is under way.
        let limit = (machine.isHealthy(at: clock) ? rules.maxHealthyViewAge : rules.maxViewAge) + staleness
        let isLooking = machine.isReading && machine.isHealthy(at: clock)
        if let since = notClosedSince, now - since > (isLooking ? rules.lookBeside + staleness : limit) {
            violate("I6", "environment \(e) lets a call pass \(now - since) ms after the circuit was no longer CLOSED")
        }
        if epoch <= ledgers[e].refusedBy {
            violate("I6", "environment \(e) lets a call of epoch \(epoch.rawValue) pass after a later record had refused its report")
        }
    }

    mutating func rejected(_ rejection: Rejection) {
        guard rejection.reason == .probing, state == .halfOpen, let since = halfOpenSince else { return }
        // While no call arrives nobody can end it.
        let gap = now - max(lastAskedAt, since)
        if gap > 1000 { halfOpenSince = since + gap }
        lastAskedAt = now
        let turn = rules.lease + rules.maxClockSkew + 2 * rules.maxViewAge + 2 * rules.sharing.storeTimeout.milliseconds
        let limit = turn * Int64(CircuitRules.lostProbesToOpen + 1 + rules.recovery.successesToClose)
        if !hasStoreFailed, now - (halfOpenSince ?? since) > limit {
            violate("I5", "HALF-OPEN lasts for \(now - since) ms though calls arrive")
        }
    }

    mutating func probeEnded() {
        probes -= 1
    }

    // How a call ended, before the engine learns of it.
    mutating func note(_ outcome: Outcome, of ticket: Ticket) {
        guard ticket.epoch == epoch, !ticket.isOwn else { return }
        switch (ticket.kind, outcome) {
        case (.counted, .failure): failures += 1
        case (.counted, .success(isSlow: true)): slowCalls += 1
        case (.probe, .failure), (.probe, .success(isSlow: true)): badProbes += 1
        case (.probe, .success(isSlow: false)): goodProbes += 1
        default: break
        }
    }

    mutating func answered(_ answer: StoreAnswer<StoreReply>, _ e: Int) {
        turnPage(e)
        switch answer {
        case .failed:
            ledgers[e].isExcused = true
            ledgers[e].hasFailed = true
            hasStoreFailed = true
        case .reply(.reported(.refused(let record?))) where record.state != .closed:
            ledgers[e].refusedBy = max(ledgers[e].refusedBy, record.epoch)
        case .reply:
            break
        }
    }

    // A call that failed has been settled: the record has its failure.
    mutating func settled(_ ticket: Ticket, _ e: Int, isStoreUsable: Bool) {
        turnPage(e)
        guard ticket.kind == .counted, ticket.epoch == epoch, state == .closed else { return }
        guard isStoreUsable, !ledgers[e].hasFailed, !ledgers[e].isExcused else { return }
        ledgers[e].settled += 1
        if ledgers[e].arrived < ledgers[e].settled {
            violate("I1", "\(ledgers[e].settled) failures of environment \(e) are settled, but \(ledgers[e].arrived) arrived")
        }
    }
}
