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
            return .success(admitted(Admitted(word: word, start: watched(word), limit: limit), by: limits))
        }
        var call = Session.Call(limits: limits)
        let first = turn { state, now in
            state.count(state.session.begin(&call, isCancelled: Task.isCancelled, at: now))
        }
        switch await drive(&call, from: first) {
        case .run(let ticket, let limit):
            if ticket.isProbe { telemetry.admittedProbe() }
            listeners.tell(.admitted(isProbe: ticket.isProbe))
            return .success(admitted(Admitted(word: 0, start: stopwatch.nanoseconds, limit: limit, call: SessionCall(call)), by: limits))
        // A slot of its own would never be free: the probe around it holds it.
        case .reject(let rejection) where rejection.reason == .probing && isPartOfProbe:
            state.withLock { $0.counts.rejected -= 1 }
            return .success(Admitted(word: 0, start: stopwatch.nanoseconds, limit: limits.left(at: clock.now)))
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
        let timeout = timeout?.milliseconds ?? settings.timeout
        guard let deadline, let margin = settings.deadlineMargin else { return .init(timeout: timeout) }
        return .init(timeout: timeout, deadline: deadline, margin: margin, at: clock.now)
    }

    private func admitted(_ call: Admitted, by limits: Session.Limits) -> Admitted {
        guard let margin = limits.margin, let limit = limits.left(at: clock.now) else { return call }
        var call = call
        call.margin = margin
        call.isBrief = limits.isBrief(limit, minimumBudget: settings.minimumBudget)
        return call
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

    // Takes in how a call ended, and reports it to the store where needed. Runs to its end even if the caller is cancelled.
    func conclude(_ admitted: Admitted, _ outcome: Outcome, as event: CircuitEvent, by cause: FailureCause = .result) async {
        var call = admitted.call?.call ?? Session.Call()
        let first = turn { state, now in
            if admitted.word != 0 {
                call = state.session.passedCall(of: state.epoch(of: admitted.word), margin: admitted.margin, took: event.took, at: now)
            }
            state.counts.add(event)
            if case .failure = outcome { state.note(cause) }
            return state.count(state.session.ended(outcome, &call, at: now))
        }
        listeners.tell(event)
        _ = await drive(&call, from: first)
    }

    // Does what the session says, until the call runs, is rejected or is over.
    func drive(_ call: inout Session.Call, from first: Turn) async -> Session.Step {
        var turn = first
        while true {
            if !turn.looks.isEmpty { await send(turn.looks) }
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
                let timedOut = !(await wait(turn.joiner, limit, isCancellable: isCancellable))
                let took = stopwatch.milliseconds(since: start)
                turn = self.turn { state, now in
                    state.counts.storeMilliseconds += Int(took)
                    let turn = state.count(state.session.waited(took, timedOut: timedOut, &call, isCancelled: Task.isCancelled, at: now))
                    if timedOut, took >= settings.storeTimeout { silence.note(state.session.machine.store.silentKinds) }
                    return turn
                }
            case .run, .reject, .done:
                return turn.step
            }
        }
    }

    // No call waits for more of a look than the session says.
    private func send(_ looks: [StoreRequest]) async {
        for request in looks {
            if store.answersImmediately { await collect(request) } else { _ = Race.start { [self] in await collect(request) } }
        }
    }

    private func collect(_ request: StoreRequest) async {
        let start = stopwatch.nanoseconds
        let (reply, error) = await ask(request.action, within: settings.storeTimeout)
        telemetry.asked(request.action, error, nanoseconds: stopwatch.nanoseconds - start)
        var joiners: [Race] = []
        let looks = turn { state, now in
            if let error {
                state.lastStoreError = error
                state.counts.storeFailures += 1
            }
            state.looksUnderWay -= 1
            swap(&joiners, &state.joiners)
            state.session.collected(reply, to: request, at: now)
            return state.takeLooks()
        }
        for joiner in joiners { joiner.end() }
        await send(looks)
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
        let timeLimit = TimeLimit(milliseconds: limit, alarm: alarm, passesCancellationOn: false, turns: Self.turnsOfAnswers)
        if let answer = await timeLimit.run({ await store.answer(action, id) }) {
            silence.end(action.kind)
            return answer
        }
        // Less time than it may take says nothing about the store.
        if limit >= settings.storeTimeout { silence.note(.init(action.kind)) }
        let error = StoreError(.timedOut, "no answer within \(limit) ms")
        return (.failed(error.failure), error)
    }

    // False: it has timed out.
    private func wait(_ joiner: Race?, _ limit: Int64, isCancellable: Bool) async -> Bool {
        guard let joiner else { return true }
        return await joiner.hasEnded(within: limit, on: alarm, turns: Self.turnsOfAnswers) { if isCancellable { joiner.end() } }
    }

    // More than an answer needs on its way through the layers of a client: in a crowd of calls, one that has come waits for each of them.
    private static let turnsOfAnswers = 16

    // MARK: under the lock

    func turn<Value>(_ body: (inout State, Timestamp) -> Value) -> Value {
        let now = clock.now
        let (value, notices, error, shown) = state.withLock { state in
            state.renewChance(at: now)
            state.session.silentElsewhere = silence.kinds
            let successes = pass.collect(nextGeneration: state.generation)
            state.counts.succeeded += successes
            state.session.count(passed: successes)
            let value = body(&state, now)
            publish(&state)
            let notices = state.session.takeNotices()
            for notice in notices { state.counts.add(notice) }
            return (value, notices, state.lastStoreError, state.newlyShown(at: now, isOn: telemetry.isOn))
        }
        for notice in notices { tell(notice, error) }
        if let shown { telemetry.show(shown) }
        return value
    }

    // How many requests have been begun beside calls and not been answered.
    package var looksUnderWay: Int { state.withLock { $0.looksUnderWay } }

    // How many calls wait for the answer to another call's request, for tests.
    package var waiters: Int { state.withLock { $0.joiners.count } }

    // Lets calls know the session's pass.
    private func publish(_ state: inout State) {
        let epoch = state.session.machine.view.record.epoch
        if epoch != state.epoch {
            state.epoch = epoch
            follow(state.session.rules)
            state.generation = PublishedPass.generation(of: state.generation + 1)
            state.counts.succeeded += pass.collect(nextGeneration: state.generation)
        }
        pass.publish(state.session.pass, generation: state.generation, isWatched: isWatched, isGuarded: isGuarded)
    }

    // Whether calls that are admitted by a pass need a time limit or a span anyway.
    private var isGuarded: Bool { settings.timeout != nil || telemetry.traces }

    // Whether each call's duration is needed, or a listener wants each call.
    private var isWatched: Bool { watchesDurations || !listeners.isEmpty }

    // Rules change with an epoch, or by a command.
    func follow(_ rules: CircuitRules) {
        settings.follow(rules)
        pass.follow(rules)
    }

    // A listener is added or removed.
    func republish() {
        state.withLock { publish(&$0) }
    }
}

extension CircuitBreaker {
    // What is behind the lock.
    struct State {
        var session: Session
        // Those who wait for the answer to another call's request.
        var joiners: [Race] = []
        var counts = Counts()
        // The epoch that the pass's generation stands for.
        var epoch = Epoch.zero
        var generation: UInt64 = 0
        var lastStoreError: StoreError?
        // Requests that no call waits for any more, or never did.
        var looksUnderWay = 0
        // What the gauge shows.
        var shown: CircuitState?
        // When the session's chance was drawn.
        var drawnAt: Timestamp?
        // The last failure's cause and its name: to name a type takes as long as all else that a failure needs.
        var cause = FailureCause.unnamed
        var causeName = FailureCause.unnamed.name
    }

    // A step, and what the caller waits with if it is to wait.
    struct Turn {
        var step: Session.Step
        var joiner: Race?
        // To be sent, whatever becomes of the call.
        var looks: [StoreRequest] = []
    }
}

extension CircuitBreaker.State {
    // The epoch of a pass; one that is over, if the pass is not of this generation.
    func epoch(of word: UInt64) -> Epoch {
        PublishedPass.generation(of: word) == generation ? epoch : .over
    }

    // The state that decides now, if the gauge shows another.
    mutating func newlyShown(at now: Timestamp, isOn: Bool) -> CircuitState? {
        guard isOn else { return nil }
        let deciding = session.machine.decidingState(at: now)
        guard deciding != shown else { return nil }
        shown = deciding
        return deciding
    }

    // Each millisecond, as drawing takes time: a process that was restored from a snapshot begins in a later one.
    mutating func renewChance(at now: Timestamp) {
        guard now != drawnAt else { return }
        drawnAt = now
        session.renew(chance: .random(in: .min ... .max))
    }

    mutating func note(_ cause: FailureCause) {
        if cause != self.cause { (self.cause, causeName) = (cause, cause.name) }
        session.noteError(type: causeName)
    }

    // What a step says for the counts, and for those who wait.
    mutating func count(_ step: Session.Step) -> CircuitBreaker.Turn {
        let looks = takeLooks()
        switch step {
        case .ask: counts.storeRequests += 1
        case .run(let ticket, _): if ticket.isProbe { counts.probes += 1 }
        case .reject: counts.rejected += 1
        case .wait:
            let joiner = Race()
            joiners.append(joiner)
            return .init(step: step, joiner: joiner, looks: looks)
        case .done: break
        }
        return .init(step: step, looks: looks)
    }

    mutating func takeLooks() -> [StoreRequest] {
        let looks = session.takeLooks()
        counts.storeRequests += looks.count
        looksUnderWay += looks.count
        return looks
    }
}

// What all of a breaker's anchors share.
final class SharedState: Sendable {
    private let state: Mutex<CircuitBreaker.State>
    let listeners: CircuitListeners

    init(_ session: Session, _ listeners: CircuitListeners) {
        state = Mutex(.init(session: session))
        self.listeners = listeners
    }

    deinit {
        listeners.own.finish()
    }

    func withLock<Value>(_ body: (inout sending CircuitBreaker.State) -> sending Value) -> sending Value {
        state.withLock(body)
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
