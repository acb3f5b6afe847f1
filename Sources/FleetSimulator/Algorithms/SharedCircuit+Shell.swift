//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// What the library's own shell does for a call: what the session says.
extension SharedCircuit {
    static var settledRecord: CircuitRecord? { CircuitRecord() }

    // As the library's `prepare` does in a function's init phase.
    mutating func prepare(_ e: Int, knowing record: CircuitRecord??, at now: Timestamp) {
        let look = sessions[e].prepare(at: now)
        if let record { sessions[e].collected(.record(record), to: look, at: now) } else { looks[e].append(look) }
    }

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
        return take(sessions[e].answered(answer.asReply, after: now.since(askedAt[e]), &calls[e], at: now), e, at: now)
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

    mutating func takeLook(_ e: Int) -> (token: UInt64, action: StoreAction, limit: Milliseconds)? {
        guard !looks[e].isEmpty else { return nil }
        let request = looks[e].removeFirst()
        looking[e].append(request)
        return (request.number, request.action, rules.storeTimeout)
    }

    mutating func collect(_ e: Int, _ token: UInt64, _ answer: StoreAnswer<StoreReply>, at now: Timestamp) {
        guard let index = looking[e].firstIndex(where: { $0.number == token }) else { return }
        witness.answered(answer, e)
        sessions[e].collected(answer.asReply, to: looking[e].remove(at: index), at: now)
        note(e, at: now)
    }

    mutating func waited(_ e: Int, at now: Timestamp) -> AlgorithmStep<StoreAction> {
        let time = now.since(askedAt[e])
        return take(sessions[e].waited(time, timedOut: time >= calls[e].patience, &calls[e], at: now), e, at: now)
    }

    private mutating func note(_ e: Int, at now: Timestamp) {
        _ = sessions[e].takeNotices()
        looks[e] += sessions[e].takeLooks()
        beliefs[e] = Belief(of: sessions[e].machine, at: now)
    }

    private mutating func take(_ step: Session.Step, _ e: Int, at now: Timestamp) -> AlgorithmStep<StoreAction> {
        note(e, at: now)
        switch step {
        case .ask(let request, let limit):
            askedAt[e] = now
            return .ask(request.action, limit: limit)
        case .run(let ticket, let limit):
            witness.admitted(ticket, e, of: calls[e], by: sessions[e].machine, at: now)
            isRunning[e] = true
            return .call(limit: limit, isProbe: ticket.isProbe, isOwn: ticket.isOwn)
        case .reject(let rejection):
            witness.rejected(rejection)
            if case .ramping = rejection.reason { return .reject(isRamp: true) }
            return .reject(isRamp: false)
        case .wait(let limit, _):
            if looks[e].isEmpty, looking[e].isEmpty { witness.violate("I10", "environment \(e) waits for a request that nobody has sent") }
            askedAt[e] = now
            return .wait(limit: limit)
        case .done:
            if let ticket = failing[e], !calls[e].isLate {
                let store = sessions[e].machine.store
                witness.settled(ticket, e, isStoreUsable: store.canWrite(at: now) && !store.fails(.writes))
            }
            failing[e] = nil
            return .done
        }
    }
}

extension StoreAnswer<StoreReply> {
    fileprivate var asReply: StoreReply {
        switch self {
        case .reply(let reply): reply
        case .failed(let isThrottling, let mayHaveBeenApplied):
            .failed(StoreFailure(isThrottling: isThrottling, mayHaveBeenApplied: mayHaveBeenApplied))
        }
    }
}
