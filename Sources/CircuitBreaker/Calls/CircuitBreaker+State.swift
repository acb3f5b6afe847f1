//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Synchronization

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
        // What the gauge shows.
        var shown: CircuitState?
    }

    // A step, and what the caller waits with if it is to wait.
    struct Turn {
        var step: Session.Step
        var joiner: Race?
    }

    func turn<Value>(_ body: (inout State, Timestamp) -> Value) -> Value {
        let now = clock.now
        let (value, notices, error, shown) = state.withLock { state in
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

    // How many calls wait for the answer to another call's request, for tests.
    package var waiters: Int { state.withLock { $0.joiners.count } }

    // Lets calls know the session's pass.
    private func publish(_ state: inout State) {
        let epoch = state.session.machine.view.record.epoch
        if epoch != state.epoch {
            state.epoch = epoch
            state.generation = PublishedPass.generation(of: state.generation + 1)
            state.counts.succeeded += pass.collect(nextGeneration: state.generation)
        }
        pass.publish(state.session.pass, generation: state.generation, isWatched: isWatched)
    }

    // Whether each call's duration is needed, or somebody listens to each.
    private var isWatched: Bool { watchesDurations || !listeners.isEmpty }

    // Somebody begins or ceases to listen.
    func republish() {
        state.withLock { publish(&$0) }
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

    // What a step says for the counts, and for those who wait.
    mutating func count(_ step: Session.Step) -> CircuitBreaker.Turn {
        switch step {
        case .ask: counts.storeRequests += 1
        case .run(let ticket, _): if ticket.isProbe { counts.probes += 1 }
        case .reject: counts.rejected += 1
        case .wait:
            let joiner = Race()
            joiners.append(joiner)
            return .init(step: step, joiner: joiner)
        case .done: break
        }
        return .init(step: step)
    }
}
