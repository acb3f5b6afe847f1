//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerTesting
import LocalFleet
import Logging
import Synchronization
import Testing
import UnreliableService

@Suite struct LocalFleetTests {
    private struct Held: Dependency {
        let gate: Gate
        let fails: Bool
        var timeLimit: Duration? { nil }

        func call(_ request: ServiceRequest) async throws -> ServiceResponse {
            await gate.pass()
            if fails { throw UnreliableDependency.Failed() }
            return ServiceResponse(message: "Success", outcome: .success)
        }
    }

    private let clock = ManualClock()
    private let gate = Gate()

    private func fleet(
        capacity: Int = 1000,
        configuration: CircuitBreaker.Configuration = ServiceSettings.pattern,
        fails: Bool = false,
        dependency: (any Dependency)? = nil,
        tell: (@Sendable (FleetCall) -> Void)? = nil
    ) throws -> LocalFleet {
        let (clock, gate, store) = (clock, gate, InMemoryStore(clock: clock))
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let quiet = logger
        return try LocalFleet(capacity: capacity, idleLimit: .seconds(10), functionTimeout: .seconds(3600), clock: clock, tell: tell) {
            (environment) throws(ConfigurationError) in
            let breaker = try CircuitBreaker(
                "test",
                store: store,
                configuration: configuration,
                environment: environment,
                clock: clock,
                logger: quiet
            )
            return UnreliableService(breaker: breaker, dependency: dependency ?? Held(gate: gate, fails: fails), logger: quiet)
        }
    }

    @Test func countsSurviveRecycling() async throws {
        let fleet = try fleet()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { _ = await fleet.handle(ServiceRequest()) } }
            await gate.untilHolding(20)
            gate.open()
        }
        #expect(fleet.counts.started == 20)
        #expect(fleet.counts.idle == 20)
        clock.advance(by: .seconds(10))
        let counts = fleet.counts
        #expect(counts.recycled == 20)
        #expect(counts.idle == 0)
        #expect(counts.outcomes.succeeded == 20)
        #expect(counts[.success] == 20)
        _ = await fleet.handle(ServiceRequest())
        #expect(fleet.counts.outcomes.succeeded == 21)
        #expect(fleet.counts.started == 21)
    }

    @Test func environmentsShareOneCircuit() async throws {
        let fleet = try fleet(fails: true)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<3 { group.addTask { _ = await fleet.handle(ServiceRequest()) } }
            await gate.untilHolding(3)
            gate.open()
        }
        // One failure in each of three environments.
        #expect(fleet.counts.started == 3)
        // Whoever was not the last to report may not know yet.
        clock.advance(by: .seconds(2))
        #expect(await fleet.handle(ServiceRequest())?.outcome == .rejected)
    }

    @Test func moreThanTheMostIsThrottled() async throws {
        let fleet = try fleet(capacity: 1)
        async let first = fleet.handle(ServiceRequest())
        await gate.untilHolding()
        #expect(await fleet.handle(ServiceRequest()) == nil)
        #expect(fleet.counts.throttled == 1)
        gate.open()
        #expect(await first?.outcome == .success)
        #expect(await fleet.handle(ServiceRequest())?.outcome == .success)
    }

    @Test func aBurstMeetsAsManyEnvironments() async throws {
        let told = Mutex<[FleetCall]>([])
        let fleet = try fleet(capacity: 5) { call in told.withLock { $0.append(call) } }
        gate.open()
        let calls = await fleet.handle(burst: Array(repeating: ServiceRequest(), count: 7))
        #expect(Set(calls.compactMap(\.environment)) == [1, 2, 3, 4, 5])
        #expect(calls.count(where: \.isThrottled) == 2)
        #expect(calls.count { $0.outcome == .success } == 5)
        #expect(Set(told.withLock { $0 }) == Set(calls))
        #expect(fleet.counts.idle == 5)
    }

    // I3: however many environments wait for the next attempt, one probe sets out.
    @Test func aBurstAtTheNextAttemptSendsOneProbe() async throws {
        let dependency = UnreliableDependency(successProbability: 1, latency: .seconds(1), clock: clock)
        let told = Mutex<[FleetCall]>([])
        let fleet = try fleet(dependency: dependency) { call in told.withLock { $0.append(call) } }
        dependency.change { $0.mode = .dead }
        _ = await fleet.handle(burst: Array(repeating: ServiceRequest(), count: 30))
        dependency.change { $0.mode = .normal }
        clock.advance(by: .seconds(10))
        told.withLock { $0 = [] }
        async let burst = fleet.handle(burst: Array(repeating: ServiceRequest(), count: 30))
        while told.withLock({ $0.count }) < 29 { await Task.yield() }
        await clock.untilSleeping(2)
        clock.advance(by: .seconds(1))
        let calls = await burst
        #expect(Set(calls.map(\.environment)).count == 30)
        #expect(calls.count(where: \.isProbe) == 1)
        #expect(calls.count { $0.outcome == .rejected } == 29)
        #expect(calls.first(where: \.isProbe)?.outcome == .success)
        // The second probe closes the circuit; from then on a call is a call, also where a probe ran before.
        dependency.change { $0.latency = .zero }
        #expect(await fleet.handle(ServiceRequest())?.outcome == .success)
        // The ramp is over, and views that are old by now are fetched again.
        clock.advance(by: .seconds(8))
        let after = await fleet.handle(burst: Array(repeating: ServiceRequest(), count: 30))
        #expect(after.allSatisfy { $0.outcome == .success && !$0.isProbe })
    }

    @Test func standingTellsWhatEachBelieves() async throws {
        let fleet = try fleet(fails: true)
        gate.open()
        _ = await fleet.handle(burst: Array(repeating: ServiceRequest(), count: 4))
        clock.advance(by: .seconds(2))
        _ = await fleet.handle(ServiceRequest())
        let standing = fleet.standing(atMost: 3)
        #expect(standing.environments.count == 3)
        #expect(standing.environments.allSatisfy { !$0.isBusy && $0.view != nil })
        #expect(standing.environments.map(\.number) == standing.environments.map(\.number).sorted())
        // Only the last one looked after the circuit had opened for all.
        #expect(standing.environments.count { $0.view?.age == .zero && $0.view?.state == .open } == 1)
        clock.advance(by: .seconds(10))
        #expect(fleet.standing(atMost: 3).environments.isEmpty)
        #expect(Set(fleet.standing(atMost: 3).recycled) == [1, 2, 3, 4])
    }

    @Test func badSettingsAreToldAtOnce() {
        #expect(throws: ConfigurationError.self) { try fleet(capacity: 0) }
        #expect(throws: ConfigurationError.self) { try fleet(configuration: .init(policy: .failures(0, within: .seconds(1)))) }
    }
}
