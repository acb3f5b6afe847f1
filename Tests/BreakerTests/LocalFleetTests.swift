//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerTesting
import LocalFleet
import Logging
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
        fails: Bool = false
    ) throws -> LocalFleet {
        let (clock, gate, store) = (clock, gate, InMemoryStore(clock: clock))
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let quiet = logger
        return try LocalFleet(capacity: capacity, idleLimit: .seconds(10), functionTimeout: .seconds(3600), clock: clock) {
            (environment) throws(ConfigurationError) in
            let breaker = try CircuitBreaker(
                "test",
                store: store,
                configuration: configuration,
                environment: environment,
                clock: clock,
                logger: quiet
            )
            return UnreliableService(breaker: breaker, dependency: Held(gate: gate, fails: fails), logger: quiet)
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

    @Test func badSettingsAreToldAtOnce() {
        #expect(throws: ConfigurationError.self) { try fleet(capacity: 0) }
        #expect(throws: ConfigurationError.self) { try fleet(configuration: .init(policy: .failures(0, within: .seconds(1)))) }
    }
}
