//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerLifecycle
import CircuitBreakerTesting
import Logging
import ServiceLifecycle
import ServiceLifecycleTestKit
import Testing

struct ServiceTests {
    private struct Down: Error {}

    private let clock = ManualClock()
    private let logger = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }

    private func breaker(_ store: any CircuitStore, _ id: String = "payments") throws -> CircuitBreaker {
        let policy = TripPolicy.failures(5, within: .seconds(60))
        return try CircuitBreaker(id, store: store, configuration: .init(policy: policy), clock: clock, logger: logger)
    }

    private func fail(_ breaker: CircuitBreaker) async {
        _ = await breaker.result { throw Down() }
    }

    // Failures that the store did not take.
    private func leaveUnreported(_ store: FaultyStore, _ breaker: CircuitBreaker) async throws {
        try await breaker.prepare()
        store.inject(.refuse, on: [.report])
        await fail(breaker)
        #expect(breaker.unreported == 1)
    }

    @Test
    func `The first view is there before the first call`() async throws {
        let store = FaultyStore(InMemoryStore(), clock: clock)
        let breaker = try breaker(store)
        let registry = try CircuitBreakerRegistry(store: store, clock: clock, logger: logger)
        let service = CircuitBreakerService([breaker], registries: [registry], logger: logger)
        await testGracefulShutdown { trigger in
            trigger.triggerGracefulShutdown()
            try? await service.run()
        }
        #expect(store.requests(.read) == 1)
    }

    @Test
    func `What the store did not take is reported at shutdown`() async throws {
        let memory = InMemoryStore()
        let store = FaultyStore(memory, clock: clock)
        let breaker = try breaker(store)
        try await leaveUnreported(store, breaker)
        store.heal()
        clock.advance(by: .seconds(10))
        let service = CircuitBreakerService([breaker], logger: logger)
        await testGracefulShutdown { trigger in
            trigger.triggerGracefulShutdown()
            try? await service.run()
        }
        #expect(breaker.unreported == 0)
        let record = try #require(try await memory.read("payments", consistent: true))
        #expect(record.window.total(from: Timestamp(milliseconds: .min), through: Timestamp(milliseconds: .max)).failures == 1)
    }

    @Test
    func `It is reported when the service is cancelled, too`() async throws {
        let store = FaultyStore(InMemoryStore(), clock: clock)
        let breaker = try breaker(store)
        try await leaveUnreported(store, breaker)
        store.heal()
        clock.advance(by: .seconds(10))
        let service = CircuitBreakerService([breaker], logger: logger)
        let running = Task { try await service.run() }
        running.cancel()
        _ = await running.result
        #expect(breaker.unreported == 0)
    }

    @Test
    func `A store that never answers holds the shutdown no longer than the limit`() async throws {
        let store = FaultyStore(InMemoryStore(), clock: clock)
        let breaker = try breaker(store)
        try await leaveUnreported(store, breaker)
        let gate = Gate()
        store.inject(.hold(gate))
        clock.advance(by: .seconds(10))
        let service = CircuitBreakerService([breaker], startLimit: .milliseconds(10), shutdownLimit: .milliseconds(10), logger: logger)
        // The breaker's own limits never come, as its clock stands still.
        await testGracefulShutdown { trigger in
            trigger.triggerGracefulShutdown()
            try? await service.run()
        }
        #expect(breaker.unreported == 1)
        gate.open()
    }

    @Test
    func `A circuit that is well costs the shutdown no request`() async throws {
        let store = FaultyStore(InMemoryStore(), clock: clock)
        let breaker = try breaker(store)
        try await breaker.prepare()
        _ = await breaker.result { 1 }
        #expect(await breaker.flush() == 0)
        #expect(store.requests(.report) == 0)
    }
}
