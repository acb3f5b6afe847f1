//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerTesting
import Logging
import Synchronization
import Testing

@Suite("Registry")
struct RegistryTests {
    @Test("the same breaker for the same key; circuits of different keys do not touch each other")
    func keys() async throws {
        let clock = ManualClock()
        let registry = try CircuitBreakerRegistry(
            prefix: "tenant:",
            store: InMemoryStore(clock: clock),
            configuration: .init(policy: .failures(1, within: .seconds(60))),
            clock: clock
        )
        let one = try registry.breaker(for: "1")
        #expect(one === (try registry.breaker(for: "1")))
        #expect(one.id == "tenant:1")
        await one.fails()
        #expect(await one.rejection() != nil)
        #expect(await (try registry.breaker(for: "2")).succeeds())
    }

    @Test("the loss of the store is reported once, not once per circuit, and its return too")
    func storeLossLog() async throws {
        let (lines, clock) = (Lines(), ManualClock())
        let store = FaultyStore(InMemoryStore(clock: clock), clock: clock)
        let registry = try CircuitBreakerRegistry(store: store, clock: clock, logger: Logger(label: "test") { _ in lines })
        func callAll() async throws {
            for number in 0..<50 { #expect(await (try registry.breaker(for: "\(number)")).succeeds()) }
            clock.advance(by: .seconds(20))
        }
        let round = ["warning CircuitBreaker store: lost, continuing by policy: local circuit,error", "info CircuitBreaker store: back circuit"]
        for count in 1...2 {
            store.inject(.refuse)
            try await callAll()
            try await callAll()
            store.heal()
            try await callAll()
            try await callAll()
            #expect(lines.all.withLock { $0 } == Array(repeating: round, count: count).flatMap { $0 })
        }
    }

    @Test("a key with a configuration of its own behaves by it, and others do not; one that cannot be used is an error at once")
    func exceptions() async throws {
        let clock = ManualClock()
        let registry = try CircuitBreakerRegistry(
            store: InMemoryStore(clock: clock),
            configuration: .init(policy: .failures(3, within: .seconds(60))),
            exceptions: ["fragile": .init(policy: .failures(1, within: .seconds(60)))],
            clock: clock
        )
        for (key, isRejected) in [("fragile", true), ("usual", false)] {
            let breaker = try registry.breaker(for: key)
            await breaker.fails()
            #expect(await (breaker.rejection() != nil) == isRejected)
        }
        #expect(throws: ConfigurationError.self) {
            try CircuitBreakerRegistry(exceptions: ["a": .init(policy: .failures(0, within: .seconds(60)))])
        }
    }

    @Test("it never holds more than its capacity, forgets the unused first, and what it forgot is in the store")
    func capacity() async throws {
        let clock = ManualClock()
        let registry = try CircuitBreakerRegistry(
            store: InMemoryStore(clock: clock),
            configuration: .init(policy: .failures(1, within: .seconds(60))),
            capacity: 100,
            clock: clock
        )
        let hot = try registry.breaker(for: "hot")
        await hot.fails()
        for number in 0..<10_000 {
            _ = try registry.breaker(for: "k\(number)")
            #expect(hot === (try registry.breaker(for: "hot")))
        }
        #expect(registry.count == 100)
        #expect(registry.forgotten == 9901)
        for number in 0..<1000 { _ = try registry.breaker(for: "other\(number)") }
        let again = try registry.breaker(for: "hot")
        #expect(again !== hot)
        #expect(await again.rejection() != nil)
    }

    @Test("a key that makes no id is an error, and is not held")
    func badKey() throws {
        let registry = try CircuitBreakerRegistry()
        #expect(throws: ConfigurationError.self) { try registry.breaker(for: "a b") }
        #expect(registry.count == 0)
        #expect(throws: ConfigurationError.self) { try CircuitBreakerRegistry(capacity: 0) }
    }

    @Test("many threads get one breaker per key")
    func concurrent() async throws {
        let registry = try CircuitBreakerRegistry(capacity: 50)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { for number in 0..<2000 { _ = try? registry.breaker(for: "k\(number % 70)") } }
            }
        }
        #expect(registry.count == 50)
    }
}
