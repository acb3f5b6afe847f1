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

    @Test("it enumerates its circuits, and to do so uses none")
    func breakers() throws {
        let registry = try CircuitBreakerRegistry(prefix: "tenant:", capacity: 3)
        #expect(registry.breakers.isEmpty)
        for key in ["a", "b", "c"] { _ = try registry.breaker(for: key) }
        #expect(registry.breakers.map(\.id).sorted() == ["tenant:a", "tenant:b", "tenant:c"])
        _ = try registry.breaker(for: "b")
        _ = registry.breakers
        _ = try registry.breaker(for: "d")
        _ = try registry.breaker(for: "e")
        #expect(registry.breakers.map(\.id).sorted() == ["tenant:b", "tenant:d", "tenant:e"])
    }

    private func told(_ event: CircuitBreakerRegistry.Event) -> String {
        let what =
            switch event.event {
            case .admitted: "call"
            case .succeeded: "success"
            case .failed: "failure"
            case .rejected: "rejected"
            case .stateChanged(let change): "\(change.from.rawValue)>\(change.to.rawValue)"
            default: "\(event.event)"
            }
        return "\(event.circuit) \(what)"
    }

    @Test("its events are those of all its circuits, of those that were there before and of those that came later; each circuit's own stay with it")
    func events() async throws {
        let clock = ManualClock()
        let registry = try CircuitBreakerRegistry(
            prefix: "tenant:",
            store: InMemoryStore(clock: clock),
            configuration: .init(policy: .failures(1, within: .seconds(60))),
            clock: clock
        )
        let one = try registry.breaker(for: "1")
        // It holds a pass by now, which was given before anybody listened.
        for _ in 0..<3 { await one.succeeds() }
        let events = registry.events()
        let two = try registry.breaker(for: "2")
        let ownEvents = two.events()
        await one.succeeds()
        await two.fails()
        _ = await two.rejection()
        await one.succeeds()
        let expected = [
            "tenant:1 call", "tenant:1 success", "tenant:2 call", "tenant:2 failure", "tenant:2 CLOSED>OPEN", "tenant:2 rejected", "tenant:1 call",
            "tenant:1 success",
        ]
        var heard: [String] = []
        for await event in events {
            heard.append(told(event))
            if heard.count == expected.count { break }
        }
        // A call and what follows from it are reported in two steps.
        #expect(heard.filter { $0.hasPrefix("tenant:1") } == expected.filter { $0.hasPrefix("tenant:1") })
        #expect(Set(heard) == Set(expected))
        #expect(registry.droppedEvents == 0)
        var own = 0
        for await _ in ownEvents {
            own += 1
            if own == 4 { break }
        }
        #expect(two.counts.droppedEvents == 0)
    }

    @Test("a listener to all circuits that is too slow loses the oldest events, and they are counted; one that went away costs nothing more")
    func droppedEvents() async throws {
        let registry = try CircuitBreakerRegistry()
        let one = try registry.breaker(for: "1")
        do {
            let events = registry.events(buffer: 10)
            for _ in 0..<10 { await one.succeeds() }
            #expect(registry.droppedEvents == 10)
            #expect(one.counts.droppedEvents == 0)
            var iterator = events.makeAsyncIterator()
            #expect(await iterator.next()?.circuit == "1")
        }
        for _ in 0..<10 { await one.succeeds() }
        #expect(registry.droppedEvents == 10)
        #expect(one.counts.succeeded == 20)
    }

    @Test("events of all circuits end when the registry is gone, and when the listener's task is cancelled")
    func endOfEvents() async throws {
        var registry: CircuitBreakerRegistry? = try CircuitBreakerRegistry()
        let breaker = try registry?.breaker(for: "1")
        let events = try #require(registry?.events())
        let listener = Task { [registry] in for await _ in try #require(registry?.events()) {} }
        listener.cancel()
        try await listener.value
        await breaker?.succeeds()
        registry = nil
        var heard = 0
        for await _ in events { heard += 1 }
        #expect(heard == 2)
        // Whoever still holds a breaker may use it.
        #expect(await breaker?.succeeds() == true)
    }

    @Test("a circuit that was forgotten is heard for as long as its breaker is used")
    func forgottenEvents() async throws {
        let registry = try CircuitBreakerRegistry(capacity: 1)
        let events = registry.events()
        let one = try registry.breaker(for: "1")
        _ = try registry.breaker(for: "2")
        #expect(registry.breakers.map(\.id) == ["2"])
        await one.succeeds()
        var iterator = events.makeAsyncIterator()
        #expect(await iterator.next()?.circuit == "1")
    }

    @Test("any text can be a part of an id, and no two texts share one")
    func escapes() {
        let parts = ["a", "_", "_5", "5F", ":", "[", "é", " ", ".", "-", "A", "/", "\u{0}"]
        let texts = parts.flatMap { first in parts.flatMap { second in parts.map { first + second + $0 } } }
        #expect(Set(texts.map(CircuitBreakerRegistry.escaped)).count == Set(texts).count)
        #expect(texts.allSatisfy { (try? CircuitBreaker(CircuitBreakerRegistry.escaped($0))) != nil })
    }
}
