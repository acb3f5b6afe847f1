//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// What the library's own shell does for a call: what the session says.
extension SharedCircuit {
    mutating func begin(_ e: Int, at now: Timestamp) -> AlgorithmStep<StoreAction> {
        calls[e] = Session.Call(limits: limits(at: now))
        return take(sessions[e].begin(&calls[e], at: now), e, at: now)
    }

    private func limits(at now: Timestamp) -> Session.Limits {
        guard let deadlineMargin else { return .init(timeout: timeout) }
        return .init(timeout: timeout, deadline: now.adding(functionTimeout), margin: deadlineMargin, at: now)
    }

    mutating func resume(_ e: Int, with answer: StoreAnswer<StoreReply>, at now: Timestamp) -> AlgorithmStep<StoreAction> {
        witness.answered(answer, e)
        let reply: StoreReply =
            switch answer {
            case .reply(let reply): reply
            case .failed(let isThrottling, let mayHaveBeenApplied):
                .failed(StoreFailure(isThrottling: isThrottling, mayHaveBeenApplied: mayHaveBeenApplied))
            }
        return take(sessions[e].answered(reply, after: now.since(askedAt[e]), &calls[e], at: now), e, at: now)
    }

    mutating func finish(_ e: Int, _ outcome: CallOutcome, at now: Timestamp) -> AlgorithmStep<StoreAction> {
        witness.ledgers[e].hasFailed = false
        guard let ticket = calls[e].ticket else { return .done }
        if ticket.isProbe, !ticket.isOwn { witness.probeEnded() }
        isRunning[e] = false
        let took = now.since(ticket.admittedAt)
        let outcome: Outcome =
            switch outcome {
            case .success: .success(isSlow: rules.isSlow(took))
            case .timedOut where limits(at: ticket.admittedAt).isBrief(took, minimumBudget: minimumBudget): .unused
            case .failure, .timedOut: .failure(retryAfter: nil)
            }
        failing[e] = outcome == .failure(retryAfter: nil) ? ticket : nil
        witness.note(outcome, of: ticket)
        return take(sessions[e].ended(outcome, &calls[e], at: now), e, at: now)
    }

    private mutating func take(_ step: Session.Step, _ e: Int, at now: Timestamp) -> AlgorithmStep<StoreAction> {
        _ = sessions[e].takeNotices()
        beliefs[e] = Belief(of: sessions[e].machine, at: now)
        switch step {
        case .ask(let request, let limit):
            askedAt[e] = now
            return .ask(request.action, limit: limit)
        case .run(let ticket, let limit):
            witness.admitted(ticket, e, of: calls[e], by: sessions[e].machine, at: now)
            isRunning[e] = true
            return .call(limit: limit, isProbe: ticket.isProbe)
        case .reject(let rejection):
            witness.rejected(rejection)
            if case .ramping = rejection.reason { return .reject(isRamp: true) }
            return .reject(isRamp: false)
        case .wait:
            // One call at a time: no other call of this environment can be asking.
            witness.violate("I10", "environment \(e) waits for a request that no call of it has sent")
            return .done
        case .done:
            if let ticket = failing[e], !calls[e].isLate {
                let store = sessions[e].machine.store
                witness.settled(ticket, e, isStoreUsable: store.canWrite(at: now) && !store.isFailing)
            }
            failing[e] = nil
            return .done
        }
    }
}
