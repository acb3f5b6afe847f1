//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerLifecycle
import CircuitBreakerTesting
import LogLines
import Logging
import ServiceLifecycle
import ServiceLifecycleTestKit
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(2)))
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

    // Runs the service until something is true, and then shuts it down.
    private func run(_ service: CircuitBreakerService, until isTrue: @Sendable () -> Bool = { true }) async throws {
        try await testGracefulShutdown { trigger in
            async let running: Void = service.run()
            while !isTrue() { await Task.yield() }
            trigger.triggerGracefulShutdown()
            try await running
        }
    }

    @Test
    func `The first view is there before the first call`() async throws {
        let store = FaultyStore(InMemoryStore(), clock: clock)
        let breaker = try breaker(store)
        let registry = try CircuitBreakerRegistry(store: store, clock: clock, logger: logger)
        try await run(CircuitBreakerService([breaker], registries: [registry], logger: logger)) { store.requests(.read) == 1 }
        #expect(try await breaker.run { 1 } == 1)
        #expect(store.requests(.read) == 1)
    }

    @Test
    func `What the store did not take is reported at shutdown, of breakers and of registries`() async throws {
        let memory = InMemoryStore()
        let store = FaultyStore(memory, clock: clock)
        let registry = try CircuitBreakerRegistry(
            prefix: "shop:",
            store: store,
            configuration: .init(policy: .failures(5, within: .seconds(60))),
            clock: clock,
            logger: logger
        )
        let breakers = [try breaker(store), try registry.breaker(for: "mail")]
        for breaker in breakers {
            try await leaveUnreported(store, breaker)
            store.heal()
        }
        try await run(CircuitBreakerService([breakers[0]], registries: [registry], logger: logger))
        for breaker in breakers {
            #expect(breaker.unreported == 0)
            let record = try #require(try await memory.read(breaker.id, consistent: true))
            #expect(record.window.total(from: Timestamp(milliseconds: .min), through: Timestamp(milliseconds: .max)).failures == 1)
        }
    }

    @Test
    func `It is reported when the service is cancelled, too`() async throws {
        let store = FaultyStore(InMemoryStore(), clock: clock)
        let breaker = try breaker(store)
        try await leaveUnreported(store, breaker)
        store.heal()
        let service = CircuitBreakerService([breaker], logger: logger)
        let running = Task { try await service.run() }
        running.cancel()
        _ = await running.result
        #expect(breaker.unreported == 0)
    }

    @Test
    func `A store that never answers holds the shutdown no longer than the limit, and the log says what is lost`() async throws {
        let store = FaultyStore(InMemoryStore(), clock: clock)
        let breaker = try breaker(store)
        try await leaveUnreported(store, breaker)
        let gate = Gate()
        store.inject(.hold(gate))
        let log = LogLines()
        // The breaker's own limits never come, as its clock stands still.
        try await run(CircuitBreakerService([breaker], shutdownLimit: .milliseconds(10), logger: log.logger))
        #expect(breaker.unreported == 1)
        #expect(log.contains("could not be reported") && log.contains("payments"))
        gate.open()
    }

    @Test
    func `A store that is not there stops neither the start nor the shutdown, and the log says so`() async throws {
        let store = FaultyStore(InMemoryStore(), clock: clock)
        store.inject(.refuse)
        let breaker = try breaker(store)
        let log = LogLines()
        try await run(CircuitBreakerService([breaker], logger: log.logger)) { log.contains("not ready") }
        #expect(try await breaker.run { 1 } == 1)
    }

    @Test
    func `A circuit that is well costs the shutdown no request`() async throws {
        let store = FaultyStore(InMemoryStore(), clock: clock)
        let breaker = try breaker(store)
        try await breaker.prepare()
        _ = await breaker.result { 1 }
        // A success is seldom reported itself, as a sample of others.
        let reports = store.requests(.report)
        try await run(CircuitBreakerService([breaker], logger: logger))
        #expect(store.requests(.report) == reports)
    }

    @Test
    func `In a group it prepares, and reports after all else has stopped`() async throws {
        let store = FaultyStore(InMemoryStore(), clock: clock)
        let payments = try breaker(store)
        let server = Calls(breaker: payments, store: store)
        let circuits = CircuitBreakerService([payments], logger: logger)
        let group = ServiceGroup(services: [circuits, server], logger: logger)
        async let running: Void = group.run()
        while !server.isServing { await Task.yield() }
        await group.triggerGracefulShutdown()
        try await running
        #expect(payments.unreported == 0)
        #expect(payments.counts.failed == 1)
    }
}

// A server whose last call fails while it shuts down, and is not reported at once.
private final class Calls: Service {
    private struct Down: Error {}

    private let breaker: CircuitBreaker
    private let store: FaultyStore
    private let began = Atomic(false)

    init(breaker: CircuitBreaker, store: FaultyStore) {
        (self.breaker, self.store) = (breaker, store)
    }

    var isServing: Bool { began.load(ordering: .acquiring) }

    func run() async throws {
        try await breaker.prepare()
        began.store(true, ordering: .releasing)
        try await gracefulShutdown()
        store.inject(.refuse, on: [.report])
        _ = await breaker.result { throw Down() }
        store.heal()
    }
}
