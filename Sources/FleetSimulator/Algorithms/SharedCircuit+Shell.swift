//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// What the library's own shell does for a call: ask, do, hand the reply back.
extension SharedCircuit {
    mutating func begin(_ e: Int, at now: Timestamp) -> AlgorithmStep<StoreAction> {
        begunAt[e] = now
        if deadline == nil, timeout == nil, now.milliseconds < passes[e].end {
            if passes[e].refuses { return .reject(isRamp: false) }
            passing[e] = passes[e].epoch
            witness.passed(e, epoch: passes[e].epoch)
            return .call(limit: nil, isProbe: false)
        }
        progress[e] = CallProgress()
        allowance[e] = storeTimeout
        return admit(e, at: now)
    }

    mutating func resume(_ e: Int, with answer: StoreAnswer<StoreReply>, at now: Timestamp) -> AlgorithmStep<StoreAction> {
        guard let request = requests[e] else { return .done }
        requests[e] = nil
        witness.answered(answer, e)
        enter(e, at: now)
        allowance[e] -= now.since(askedAt[e])
        let reply: StoreReply =
            switch answer {
            case .reply(let reply): reply
            case .failed(let isThrottling, let mayHaveBeenApplied):
                .failed(StoreFailure(isThrottling: isThrottling, mayHaveBeenApplied: mayHaveBeenApplied))
            }
        machines[e].receive(reply, to: request, &progress[e], at: now)
        publish(e, at: now)
        return stages[e] == .admission ? admit(e, at: now) : settle(e, at: now)
    }

    mutating func finish(_ e: Int, _ outcome: CallOutcome, at now: Timestamp) -> AlgorithmStep<StoreAction> {
        let ticket: Ticket
        witness.ledgers[e].hasFailed = false
        if let epoch = passing[e] {
            passing[e] = nil
            if outcome == .success {
                freeSuccesses[e] += 1
                return .done
            }
            enter(e, at: now)
            var late = machines[e].countedTicket(at: now)
            if late.epoch != epoch { late.epoch = Epoch(rawValue: -1) }
            ticket = late
            progress[e] = CallProgress()
            allowance[e] = storeTimeout
        } else {
            guard let admitted = tickets[e] else { return .done }
            ticket = admitted
            if ticket.isProbe, !ticket.isOwn { witness.probeEnded() }
            enter(e, at: now)
            progress[e] = CallProgress()
        }
        tickets[e] = ticket
        let verdict = verdict(outcome, of: ticket, at: now)
        isSettlingFailure[e] = outcome != .success
        witness.note(verdict, of: ticket)
        machines[e].finish(ticket, verdict, &progress[e], at: now)
        publish(e, at: now)
        return settle(e, at: now)
    }

    private func verdict(_ outcome: CallOutcome, of ticket: Ticket, at now: Timestamp) -> Outcome {
        guard outcome == .success else { return .failure(retryAfter: nil) }
        return .success(isSlow: rules.slowLimit.map { now.since(ticket.admittedAt) > $0 } ?? false)
    }

    private mutating func admit(_ e: Int, at now: Timestamp) -> AlgorithmStep<StoreAction> {
        stages[e] = .admission
        enter(e, at: now)
        let admission =
            allowance[e] <= 0 ? machines[e].admitLate(&progress[e], at: now) : machines[e].admit(&progress[e], at: now)
        publish(e, at: now)
        switch admission {
        case .permit(let ticket):
            witness.admitted(ticket, e, by: machines[e], isLate: allowance[e] <= 0, at: now)
            tickets[e] = ticket
            stages[e] = .calling
            return .call(limit: limit(of: ticket, e, at: now), isProbe: ticket.isProbe)
        case .rejected(let rejection):
            witness.rejected(rejection)
            if case .ramping = rejection.reason { return .reject(isRamp: true) }
            return .reject(isRamp: false)
        case .perform(let request):
            return ask(request, e, at: now)
        case .join:
            return waitsForItself(e)
        }
    }

    private mutating func settle(_ e: Int, at now: Timestamp) -> AlgorithmStep<StoreAction> {
        stages[e] = .settlement
        guard !progress[e].isSettled, allowance[e] > 0 else { return settled(e, at: now) }
        enter(e, at: now)
        let step = machines[e].settle(&progress[e], at: now)
        publish(e, at: now)
        switch step {
        case .done: return settled(e, at: now)
        case .join: return waitsForItself(e)
        case .perform(let request): return ask(request, e, at: now)
        }
    }

    private mutating func settled(_ e: Int, at now: Timestamp) -> AlgorithmStep<StoreAction> {
        if isSettlingFailure[e], allowance[e] > 0, let ticket = tickets[e] {
            witness.settled(ticket, e, isStoreUsable: machines[e].store.isUsable(at: now) && !machines[e].store.isLost)
        }
        tickets[e] = nil
        return .done
    }

    private mutating func ask(_ request: StoreRequest, _ e: Int, at now: Timestamp) -> AlgorithmStep<StoreAction> {
        requests[e] = request
        askedAt[e] = now
        return .ask(request.action, limit: allowance[e])
    }

    private func limit(of ticket: Ticket, _ e: Int, at now: Timestamp) -> Milliseconds? {
        let lease = ticket.leaseEnd.map { $0.since(now) }
        let left = deadline.map { $0 - now.since(begunAt[e]) }
        return [lease, left, timeout].compactMap(\.self).min()
    }

    // One call at a time: no other call of this environment can be asking.
    private mutating func waitsForItself(_ e: Int) -> AlgorithmStep<StoreAction> {
        witness.violate("I10", "environment \(e) waits for a request that no call of it has sent")
        return .done
    }
}
