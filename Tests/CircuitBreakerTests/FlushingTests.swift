//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreakerTesting
import Logging
import Testing

@testable import CircuitBreaker

@Suite(.timeLimit(.minutes(2)))
struct FlushingTests {
    private struct Down: Error {}

    private let clock = ManualClock()
    private let memory: InMemoryStore
    private let store: FaultyStore

    init() {
        memory = InMemoryStore(clock: clock)
        store = FaultyStore(memory, clock: clock)
    }

    private func breaker(_ threshold: Int = 5) async throws -> CircuitBreaker {
        let breaker = try CircuitBreaker(
            "payments",
            store: store,
            configuration: .init(policy: .failures(threshold, within: .seconds(60))),
            clock: clock,
            logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
        )
        try await breaker.prepare()
        return breaker
    }

    private func fail(_ breaker: CircuitBreaker) async {
        _ = await breaker.result { throw Down() }
    }

    private func failures() async throws -> Int {
        guard let record = try await memory.read("payments", consistent: true) else { return 0 }
        return record.window.total(from: Timestamp(milliseconds: .min), through: Timestamp(milliseconds: .max)).failures
    }

    @Test
    func `What the store refused a moment ago is reported`() async throws {
        let breaker = try await breaker()
        store.inject(.refuse, on: [.report])
        for _ in 0..<3 { await fail(breaker) }
        #expect(breaker.unreported == 3)
        store.heal()
        #expect(await breaker.flush() == 0)
        #expect(try await failures() == 3)
    }

    @Test
    func `A store that is still down is asked once, and what it did not take is said`() async throws {
        let breaker = try await breaker()
        store.inject(.refuse, on: [.report])
        await fail(breaker)
        let requests = store.requests(.report)
        #expect(await breaker.flush() == 1)
        #expect(store.requests(.report) == requests + 1)
    }

    @Test
    func `What may have arrived is not reported twice`() async throws {
        let breaker = try await breaker()
        store.inject(.loseReply, on: [.report])
        await fail(breaker)
        #expect(await breaker.flush() == 0)
        #expect(try await failures() == 1)
        #expect(breaker.counts.uncertainOutcomes == 1)
    }

    @Test
    func `A report that is under way is waited for, and what came after it is reported`() async throws {
        let breaker = try await breaker()
        let gate = Gate()
        store.inject { verb, number in verb == .report && number == 1 ? .hold(gate) : nil }
        let first = Task { await fail(breaker) }
        while store.requests(.report) == 0 { await Task.yield() }
        let second = Task { await fail(breaker) }
        while breaker.waiters < 2 { await Task.yield() }
        let flush = Task { await breaker.flush() }
        while breaker.waiters < 3 { await Task.yield() }
        gate.open()
        #expect(await flush.value == 0)
        _ = await (first.value, second.value)
        #expect(try await failures() == 2)
    }

    @Test
    func `A report that reaches the threshold opens the circuit`() async throws {
        let breaker = try await breaker(2)
        store.inject(.refuse, on: [.report])
        for _ in 0..<2 { await fail(breaker) }
        store.heal()
        #expect(await breaker.flush() == 0)
        #expect(try await memory.read("payments", consistent: true)?.state == .open)
    }

    @Test
    func `Where nothing is unreported, nothing is asked`() async throws {
        let breaker = try await breaker()
        _ = await breaker.result { 1 }
        await fail(breaker)
        let requests = store.requests(.report)
        #expect(await breaker.flush() == 0)
        #expect(store.requests(.report) == requests)
    }

    @Test
    func `Failures that are too old to count are not reported`() async throws {
        let breaker = try await breaker()
        store.inject(.refuse, on: [.report])
        await fail(breaker)
        store.heal()
        clock.advance(by: .seconds(3600))
        let requests = store.requests(.report)
        #expect(await breaker.flush() == 0)
        #expect(store.requests(.report) == requests)
    }
}
