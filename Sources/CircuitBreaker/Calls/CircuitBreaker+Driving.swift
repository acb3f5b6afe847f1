//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Synchronization

// The shell around the session: it locks, asks for the next step, and does it.
extension CircuitBreaker {
    @usableFromInline
    func admit(_ word: UInt64, deadline: Timestamp?, timeout: Duration?) async -> Result<Admitted, CallFailure<Never>> {
        if word & PublishedPass.refuses != 0, let rejection = pass.reject() {
            telemetry.rejected(rejection)
            if PublishedPass.isWatched(word) { listeners.tell(.rejected(rejection)) }
            return .failure(.rejected(rejection))
        }
        let limits = limits(deadline: deadline, timeout: timeout)
        if PublishedPass.admits(word) {
            let limit = limits.end == nil ? limits.timeout : limits.left(at: clock.now)
            guard limit.map({ $0 > 0 }) ?? true else { return outOfTime() }
            return .success(Admitted(word: word, start: watched(word), limit: limit))
        }
        var call = Session.Call(limits: limits)
        let first = turn { state, now in
            state.count(state.session.begin(&call, isCancelled: Task.isCancelled, at: now))
        }
        switch await drive(&call, from: first) {
        case .run(let ticket, let limit):
            if ticket.isProbe { telemetry.admittedProbe() }
            listeners.tell(.admitted(isProbe: ticket.isProbe))
            return .success(Admitted(word: 0, start: stopwatch.nanoseconds, limit: limit, call: SessionCall(call)))
        case .reject(let rejection):
            telemetry.rejected(rejection)
            listeners.tell(.rejected(rejection))
            return .failure(.rejected(rejection))
        case .done(.outOfTime):
            return outOfTime()
        case .ask, .wait, .done:
            // Cancelled: a permit that came too late has been returned.
            if call.ticket != nil { countUnused() }
            return .failure(.cancelled)
        }
    }

    private func limits(deadline: Timestamp?, timeout: Duration?) -> Session.Limits {
        var limits = Session.Limits(timeout: timeout?.milliseconds ?? timeoutMilliseconds)
        if let deadline, let deadlineMargin { limits.end = deadline.adding(-deadlineMargin) }
        return limits
    }

    // A call that a pass admitted begins. When, if each is watched.
    @usableFromInline
    func watched(_ word: UInt64) -> Int64 {
        guard PublishedPass.isWatched(word) else { return 0 }
        listeners.tell(.admitted(isProbe: false))
        return stopwatch.nanoseconds
    }

    private func outOfTime() -> Result<Admitted, CallFailure<Never>> {
        countUnused()
        return .failure(.timedOut(after: .zero))
    }

    private func countUnused() {
        state.withLock { $0.counts.returnedUnused += 1 }
        listeners.tell(.returnedUnused)
    }

    // Takes in how a call ended, and tells the store what it must know. Runs to its end even if the caller is cancelled.
    func conclude(_ admitted: Admitted, _ outcome: Outcome, as event: CircuitEvent, error: @autoclosure () -> String = "") async {
        var call = admitted.call?.call ?? Session.Call()
        let first = turn { state, now in
            if admitted.word != 0 { call = state.session.passedCall(of: state.epoch(of: admitted.word), at: now) }
            state.counts.add(event)
            if case .failure = outcome { state.session.noteError(type: error()) }
            return state.count(state.session.ended(outcome, &call, at: now))
        }
        listeners.tell(event)
        _ = await drive(&call, from: first)
    }

    // Does what the session says, until the call runs, is rejected or is over.
    func drive(_ call: inout Session.Call, from first: Turn) async -> Session.Step {
        var turn = first
        while true {
            switch turn.step {
            case .ask(let request, let limit):
                let start = stopwatch.nanoseconds
                let (reply, error) = await ask(request.action, within: limit)
                // A store that was not heard in time has used up all of it.
                telemetry.asked(request.action, error, nanoseconds: stopwatch.nanoseconds - start)
                let took = max(stopwatch.milliseconds(since: start), error?.code == .timedOut ? limit : 0)
                turn = answered(reply, error, after: took, &call)
            case .wait(let limit, let isCancellable):
                let start = stopwatch.nanoseconds
                await wait(turn.joiner, limit, isCancellable: isCancellable)
                let took = stopwatch.milliseconds(since: start)
                turn = self.turn { state, now in
                    state.count(state.session.waited(took, &call, isCancelled: Task.isCancelled, at: now))
                }
            case .run, .reject, .done:
                return turn.step
            }
        }
    }

    // A request is never cancelled with its caller: a slot that it takes must be known, to be returned.
    private func answered(_ reply: StoreReply, _ error: StoreError?, after took: Int64, _ call: inout Session.Call) -> Turn {
        var joiners: [Race] = []
        let turn = turn { state, now in
            if let error { state.lastStoreError = error }
            state.counts.storeFailures += error == nil ? 0 : 1
            state.counts.storeMilliseconds += Int(took)
            swap(&joiners, &state.joiners)
            return state.count(state.session.answered(reply, after: took, &call, isCancelled: Task.isCancelled, at: now))
        }
        for joiner in joiners { joiner.end() }
        return turn
    }

    private func ask(_ action: StoreAction, within limit: Int64) async -> (StoreReply, StoreError?) {
        let (store, id) = (store, id)
        if store.answersImmediately { return await store.answer(action, id) }
        let timeLimit = TimeLimit(milliseconds: limit, alarm: alarm, passesCancellationOn: false)
        if let answer = await timeLimit.run({ await store.answer(action, id) }) { return answer }
        let error = StoreError(.timedOut, "no answer within \(limit) ms")
        return (.failed(error.failure), error)
    }

    private func wait(_ joiner: Race?, _ limit: Int64, isCancellable: Bool) async {
        guard let joiner else { return }
        _ = await joiner.hasEnded(within: limit, on: alarm) { if isCancellable { joiner.end() } }
    }
}

extension CircuitStore {
    fileprivate func answer(_ action: StoreAction, _ id: String) async -> (StoreReply, StoreError?) {
        do throws(StoreError) {
            switch action {
            case .read(let consistent): return (.record(try await read(id, consistent: consistent)), nil)
            case .report(let report): return (.reported(try await self.report(report, to: id)), nil)
            case .change(let change): return (.changed(try await self.change(change, of: id)), nil)
            }
        } catch {
            return (.failed(error.failure), error)
        }
    }
}
