//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerTesting
import Testing

@testable import breaker

// What `breaker watch` says of circuits that the library itself changes.
@Suite struct CircuitWatchTests {
    private let clock = ManualClock()
    private let store: InMemoryStore
    private let breaker: CircuitBreaker
    private var watch = CircuitWatch()

    init() throws {
        store = InMemoryStore(clock: clock)
        var configuration = CircuitBreaker.Configuration()
        configuration.policy = .consecutiveFailures(2)
        breaker = try CircuitBreaker("payments", store: store, configuration: configuration, clock: clock)
    }

    private mutating func look() async throws -> [String] {
        guard let record = try await store.read("payments", consistent: true) else { return watch.forget(allBut: [], at: clock.now).map(\.text) }
        let circuit = try #require(CircuitSummary("payments", record, at: clock.now))
        return watch.look(at: circuit).map { String($0.text.split(separator: "  ", maxSplits: 1).last ?? "") }
    }

    private func call(_ fails: Bool) async {
        struct Failure: Error {}
        try? await breaker.run { if fails { throw Failure() } }
        clock.advance(by: .milliseconds(5))
    }

    @Test mutating func allThatHappenedBetweenTwoLooksIsTold() async throws {
        try await breaker.observe(for: .seconds(60), by: "ann", why: "a look")
        let end = clock.now.advanced(by: .seconds(60)).words(at: clock.now)
        #expect(try await look() == ["payments  is CLOSED, OBSERVE until \(end), by ann: a look"])
        #expect(try await look().isEmpty)
        clock.advance(by: .milliseconds(1))
        try await breaker.liftOrder(by: "bob", why: "seen")
        for _ in 0..<2 { await call(true) }
        clock.advance(by: .milliseconds(1))
        try await breaker.reset(by: "ann", why: "fixed")
        let news = try await look()
        #expect(news.count == 3 && news[0] == "payments  order lifted by bob: seen", "\(news)")
        #expect(news[1].hasPrefix("payments  CLOSED -> OPEN 2 consecutive failures"), "\(news)")
        #expect(news[2].hasPrefix("payments  OPEN -> CLOSED ordered by ann: fixed; by "), "\(news)")
        #expect(try await look().isEmpty)
    }

    @Test mutating func anOrderThatEndsByItselfIsToldOnce() async throws {
        try await breaker.forceClosed(for: .seconds(10), by: "ann", why: "a look")
        _ = try await look()
        clock.advance(by: .seconds(10))
        #expect(try await look() == ["payments  FORCE-CLOSED has ended"])
        #expect(try await look().isEmpty)
        // The next call takes it out of the record, which is no news.
        await call(false)
        #expect(try await store.read("payments", consistent: true)?.order == nil)
        #expect(try await look().isEmpty)
    }

    @Test func theStateIsTheOneThatDecides() async throws {
        try await breaker.forceOpen(for: .seconds(60), by: "ann", why: "a look")
        let record = try #require(await store.read("payments", consistent: true))
        let forced = try #require(CircuitSummary("payments", record, at: clock.now))
        #expect((forced.state, forced.stateWithoutOrder, forced.why) == (.open, .closed, "ordered by ann: a look"))
    }

    @Test func aChangeUnderAMirroredOrderIsNobodyElses() async throws {
        for _ in 0..<2 { await call(true) }
        try await breaker.forceOpen(for: .seconds(60), by: "ann", why: "a look")
        clock.advance(by: .milliseconds(1))
        try await breaker.reset(by: "ann", why: "fixed")
        clock.advance(by: .milliseconds(1))
        await call(false)
        try await breaker.reset(by: "ann", why: "again")
        let record = try #require(await store.read("payments", consistent: true))
        let circuit = try #require(CircuitSummary("payments", record, at: clock.now))
        let cells = CircuitHistory(circuit).lines.map(\.cells)
        #expect(!cells.contains { $0[2] == "set by somebody else" }, "\(cells)")
    }

    @Test mutating func whatSomebodyElseChangesIsToldWithoutAHistory() async throws {
        var record = CircuitRecord()
        let before = try #require(CircuitSummary("c", record, at: clock.now))
        #expect(watch.look(at: before).map(\.isQuiet) == [true])
        record.shared.circuitState = .open
        record.shared.stateTimestamp = clock.now
        let after = try #require(CircuitSummary("c", record, at: clock.now))
        let lines = watch.look(at: after)
        #expect(lines.map(\.text) == ["\(clock.now.date ?? "")  c  CLOSED -> OPEN set by somebody else"])
        #expect(watch.forget(allBut: [], at: clock.now).map(\.text) == ["\(clock.now.date ?? "")  c  has no record any more"])
        #expect(watch.forget(allBut: [], at: clock.now).isEmpty)
    }
}
