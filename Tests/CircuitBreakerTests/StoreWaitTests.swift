//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreakerTesting
import Synchronization
import Testing

@testable import CircuitBreaker

@Suite("I7: how long calls wait for the store", .timeLimit(.minutes(1)))
struct StoreWaitTests {
    private let clock = ManualClock()
    private let store: FaultyStore

    init() {
        store = FaultyStore(InMemoryStore(clock: clock), clock: clock)
    }

    private func breaker(_ id: String) throws -> CircuitBreaker {
        try CircuitBreaker(id, store: store, configuration: .init(policy: .failures(1, within: .seconds(60), share: 0)), clock: clock)
    }

    // Lets time pass as soon as a call waits for an answer that somebody collects.
    private func slow<Value: Sendable>(
        _ milliseconds: Int,
        _ breaker: CircuitBreaker,
        _ work: @escaping @Sendable (CircuitBreaker) async throws -> Value
    ) async throws -> Value {
        let hasEnded = Atomic(false)
        async let value = {
            defer { hasEnded.store(true, ordering: .releasing) }
            return try await work(breaker)
        }()
        while breaker.alarm.pending.entries < 2, !hasEnded.load(ordering: .acquiring) { await Task.yield() }
        clock.advance(by: .milliseconds(milliseconds))
        return try await value
    }

    @Test("twenty circuits of one process find a silent store out together", arguments: [false, true])
    func twenty(ofRegistry: Bool) async throws {
        let registry = try CircuitBreakerRegistry(store: store, clock: clock)
        let breakers = try (0..<20).map { ofRegistry ? try registry.breaker(for: "\($0)") : try breaker("\($0)") }
        let gate = Gate()
        store.inject(.hold(gate))
        #expect(try await slow(500, breakers[0]) { await $0.succeeds() })
        for breaker in breakers.dropFirst() { #expect(await breaker.succeeds()) }
        #expect(breakers.map(\.counts.storeMilliseconds) == [500] + Array(repeating: 0, count: 19))

        // An answer to any of them is known to all, and the next call learns from the store again.
        store.heal()
        gate.open()
        while breakers.contains(where: { $0.looksUnderWay > 0 }) { await Task.yield() }
        for breaker in breakers { await breaker.succeeds() }
        #expect(breakers.allSatisfy { !$0.view.isStoreLost && $0.counts.storeMilliseconds <= 500 })
        let other = try breaker("other")
        store.inject(.hold(Gate()))
        #expect(try await slow(500, other) { await $0.succeeds() })
        #expect(other.counts.storeMilliseconds == 500, "what was silent once is not silent for ever")
    }

    @Test("writes that are silent are found out together too, and reads go on")
    func writes() async throws {
        let breakers = try (0..<20).map { try breaker("\($0)") }
        for breaker in breakers { await breaker.succeeds() }
        let gate = Gate()
        store.inject(.hold(gate), on: [.report, .change])
        for breaker in breakers {
            // Who knows how fast it is waits for a twentieth of the timeout.
            _ = try await slow(25, breaker) { await $0.fails() }
            #expect(breaker.counts.storeMilliseconds == 25)
            #expect(await breaker.rejection() != nil, "it judges alone what it could not report")
        }
        gate.open()
    }

    @Test("a deadline that leaves a write less than the store's timeout blames no store")
    func brief() async throws {
        let breaker = try breaker("brief")
        await breaker.succeeds()
        let gate = Gate()
        store.inject(.hold(gate), on: [.change])
        // A quarter of the time is left for the store.
        let deadline = clock.now.advanced(by: .milliseconds(400))
        let call = Task { try await breaker.run(deadline: deadline) { throw Broken() } }
        while store.requests(.change) == 0 || breaker.alarm.pending.entries == 0 { await Task.yield() }
        clock.advance(by: .milliseconds(100))
        _ = await call.result
        #expect(breaker.counts.storeMilliseconds == 100)
        #expect(breaker.silence.kinds.isEmpty)
        gate.open()
    }

    @Test("a permit waits for one allowance: what taking it has used is not there for its end", arguments: [450, 10_000])
    func permit(latency: Int) async throws {
        let breaker = try breaker("permit")
        store.inject(.delay(.milliseconds(latency)))
        let permit = PermitBox()
        try await slow(min(latency, 500), breaker) { permit.keep(try await $0.permit()) }
        if latency < 500 { try await slow(500 - latency, breaker) { _ in await permit.fail() } } else { await permit.fail() }
        #expect(breaker.counts.storeMilliseconds == 500)
    }

    @Test("a clock that is set back while a call waits does not make it wait longer")
    func clockSetBack() async throws {
        let breaker = try breaker("back")
        let gate = Gate()
        store.inject(.hold(gate))
        let call = Task { await breaker.succeeds() }
        while breaker.alarm.pending.entries < 2 { await Task.yield() }
        clock.advance(by: .milliseconds(100))
        clock.advance(by: .milliseconds(-950))
        clock.advance(by: .milliseconds(399))
        #expect(breaker.counts.succeeded == 0)
        clock.advance(by: .milliseconds(1))
        #expect(await call.value)
        #expect(breaker.counts.storeMilliseconds == 500)
        gate.open()
    }
}

private final class PermitBox: Sendable {
    private let permit = Mutex<CircuitBreaker.Permit?>(nil)

    func keep(_ permit: consuming CircuitBreaker.Permit) {
        var permit = Optional(permit)
        self.permit.withLock { $0 = permit.take() }
    }

    func fail() async {
        let permit = permit.withLock { $0.take() }
        await permit?.fail()
    }
}
