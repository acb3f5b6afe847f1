//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// All that there is: the calls, the environments that make them, the service that is called, and the store.
struct World<A: AlgorithmModel> {
    let scenario: Scenario
    let fleet: Fleet
    var algorithm: A
    var events = EventQueue()
    var arrivals: ArrivalStream
    var router: Router
    var environments: Environments
    var downstream: Downstream
    var store: SharedStore<A>
    var record: Recorder
    var calls = 0
    var luck: SplitMix64

    // The engine's times are since 1970: somewhere in 2026.
    static var origin: Milliseconds { 1_790_000_000_000 }

    init(_ scenario: Scenario, _ algorithm: A) {
        self.scenario = scenario
        self.algorithm = algorithm
        fleet = scenario.fleet
        arrivals = ArrivalStream(scenario.arrivals, duration: scenario.duration, seed: scenario.seed)
        router = Router(scenario.fleet)
        environments = Environments(count: scenario.fleet.environments)
        downstream = Downstream(scenario.downstream)
        store = SharedStore(scenario.store, seed: scenario.seed)
        record = Recorder(scenario, sharesRecord: A.Record.self != Never.self)
        luck = Chance.stream(.environments, of: scenario.seed)
        // A fleet that begins in trouble has no record yet.
        if scenario.fleet.warm > 0, scenario.downstream.phases.first.map({ $0.from > 0 }) ?? true {
            store.versions.replace(with: A.settledRecord, at: now)
        }
        for _ in 0..<min(scenario.fleet.warm, scenario.fleet.environments) {
            guard let e = router.takeAbsent() else { break }
            birth(e, isWarm: true)
            becomeIdle(e)
        }
    }

    var now: Milliseconds { events.now }

    func clock(of e: Int) -> Timestamp {
        Timestamp(milliseconds: Self.origin + now + environments.skew[e])
    }

    mutating func run(_ progress: (Double) -> Void) throws(SimulationError) {
        try run(until: scenario.duration, progress)
        record.finish(unfinished: environments.callsUnderWay)
    }

    mutating func run(until end: Milliseconds, _ progress: (Double) -> Void = { _ in }) throws(SimulationError) {
        while now < end {
            algorithm.advance(to: now)
            record.began(at: now, callsUnderWay: environments.callsUnderWay)
            if record.isRecovery(now) { noteOpenTimeLeft() }
            record.second.capacity += downstream.capacity(at: now) / 1000
            while let event = events.next() { take(event) }
            for _ in 0..<arrivals.count(at: now) { arrive() }
            while let event = events.next() { take(event) }
            if let violation = algorithm.violation { throw .violation(violation) }
            events.advance()
            if now % 1000 == 0 || now == scenario.duration {
                closeSecond()
                progress(Double(now) / Double(scenario.duration))
            }
        }
    }

    private mutating func noteOpenTimeLeft() {
        guard let left = store.versions.current.flatMap({ A.nextAttempt(of: $0) }) else { return }
        record.openTimeLeft(left.milliseconds - Self.origin - now)
    }

    private mutating func closeSecond() {
        record.second.downstreamWait = downstream.wait(at: now)
        record.second.record = algorithm.belief(of: store.versions.current)
        let counted = algorithm.counted(in: store.versions.current, at: Timestamp(milliseconds: Self.origin + now))
        record.second.countedCalls = counted?.calls ?? 0
        record.second.countedFailures = counted?.failures ?? 0
        record.close(at: now, environments.beliefs)
    }

    private mutating func take(_ event: Event) {
        let index = Int(event.index)
        switch event.kind {
        case .requestArrived: return arriveAtStore(index)
        case .replyArrived: return answerArrived(index)
        case .requestTimedOut: return requestTimedOut(index)
        case .recycled: return recycle(index, life: event.stamp)
        case .idled: return reclaim(index, life: event.stamp)
        case .started, .callEnded, .died, .released, .waitEnded: break
        }
        guard event.stamp == environments.stamp[index] else { return }
        switch event.kind {
        case .started: begin(index)
        case .callEnded: endCall(index)
        case .died: die(index)
        case .waitEnded: waitEnded(index)
        default: release(index)
        }
    }
}
