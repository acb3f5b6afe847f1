//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker
import CircuitBreakerTesting
import Testing

@testable import CircuitStream

@Suite("What an alarm orders", .timeLimit(.minutes(1))) struct AlarmOrderTests {
    private static let input: [String: JSON] = [
        "circuit": "payments", "kind": "FORCE-OPEN", "forMilliseconds": 900_000, "why": "the bank has an incident", "alarm": "BankIncident",
        "time": "2027-01-15T08:00:00Z",
    ]
    // 2027-01-15T08:00:00Z
    private static let time = Timestamp(milliseconds: 1_800_000_000_000)

    private func event(_ changes: [String: JSON] = [:]) throws -> FunctionEvent {
        try FunctionEvent(parsing: JSON.object(["order": .object(Self.input.merging(changes) { $1 })]).bytes)
    }

    private func alarm(_ changes: [String: JSON] = [:]) throws -> AlarmOrder {
        guard case .order(let alarm) = try event(changes) else { throw FunctionEventError("it is no order") }
        return alarm
    }

    private func handle(_ alarm: AlarmOrder, _ store: InMemoryStore, _ clock: ManualClock) async throws -> JSON? {
        try await OrderHandler(store: store).handle(alarm, clock: clock, logger: quiet)["action"]
    }

    @Test func itsOrderHoldsFromTheAlarmOn() throws {
        let order = CircuitOrder(.forceOpen, until: Self.time.adding(900_000), by: "alarm BankIncident", why: "the bank has an incident")
        #expect(try alarm().order == order)
        #expect(try alarm(["time": "2027-01-15T09:00:00.000+0100"]).order == order)
        let long = try alarm(["alarm": .string(String(repeating: "é", count: 300))]).order
        #expect(long.by.utf8.count <= CircuitOrder.longestText)
    }

    @Test func itIsGivenOnce() async throws {
        let clock = ManualClock(now: Self.time.adding(2_000))
        let store = InMemoryStore(clock: clock)
        #expect(try await handle(try alarm(), store, clock) == "is given")
        let given = try #require(try await store.read("payments", consistent: true))
        #expect(given.order == (try alarm().order))
        clock.advance(by: .seconds(10))
        #expect(try await handle(try alarm(), store, clock) == "was given before")
        #expect(try await store.read("payments", consistent: true) == given)
    }

    @Test func anEventThatComesAgainAfterTheOrderWasLiftedGivesNone() async throws {
        let clock = ManualClock(now: Self.time.adding(2_000))
        let store = InMemoryStore(clock: clock)
        _ = try await handle(try alarm(), store, clock)
        let operatorsBreaker = try CircuitBreaker("payments", store: store, clock: clock)
        try await operatorsBreaker.liftOrder(by: "ann", why: "a false alarm")
        #expect(try await handle(try alarm(), store, clock) == "was given before")
        #expect(try await store.read("payments", consistent: true)?.order == nil)
        // The alarm's next one is another.
        clock.advance(by: .seconds(300))
        #expect(try await handle(try alarm(["time": "2027-01-15T08:05:00Z"]), store, clock) == "is given")
    }

    @Test func oneThatComesTooLateGivesNone() async throws {
        let clock = ManualClock(now: Self.time.adding(900_000))
        let store = InMemoryStore(clock: clock)
        #expect(try await handle(try alarm(), store, clock) == "came too late")
        #expect(store.count == 0)
    }

    @Test func itEndsByItself() async throws {
        let clock = ManualClock(now: Self.time)
        let store = InMemoryStore(clock: clock)
        _ = try await handle(try alarm(), store, clock)
        let breaker = try CircuitBreaker("payments", store: store, clock: clock)
        await #expect(throws: CircuitBreakerError.self) { try await breaker.run {} }
        clock.advance(by: .seconds(901))
        try await breaker.run {}
    }

    @Test(
        arguments: [
            ("circuit", ""), ("circuit", 1), ("kind", "OPEN"), ("forMilliseconds", 0), ("forMilliseconds", "900"), ("why", ""), ("alarm", .null),
            ("time", "noon"),
        ] as [(String, JSON)]
    )
    func whatMakesNoSenseIsRefusedByName(name: String, value: JSON) {
        #expect {
            _ = try event([name: value])
        } throws: { error in
            "\(error)".contains("order.\(name)")
        }
    }
}

@Suite("What a rule asks for") struct FunctionEventTests {
    private static let input: [String: JSON] = [
        "mapping": "0f", "circuit": "payments", "afterMilliseconds": 60_000, "longestMilliseconds": 3_600_000, "concurrency": 20,
    ]

    private func event(_ changes: [String: JSON] = [:]) throws -> FunctionEvent {
        try FunctionEvent(parsing: JSON.object(["pause": .object(Self.input.merging(changes) { $1 })]).bytes)
    }

    @Test func aPause() throws {
        for bound in [nil, 2, 1000] as [Int?] {
            guard case .pause(let pause) = try event(["concurrency": bound.map { .number(.init($0)) } ?? .null]) else {
                Issue.record("it is no pause")
                return
            }
            #expect(pause == QueuePause(mapping: "0f", circuit: "payments", after: 60_000, longest: 3_600_000, concurrency: bound))
        }
        var members = Self.input
        members["concurrency"] = nil
        guard case .pause(let pause) = try FunctionEvent(parsing: JSON.object(["pause": .object(members)]).bytes) else {
            Issue.record("it is no pause")
            return
        }
        #expect(pause.concurrency == nil)
    }

    @Test func writesOfTheStream() throws {
        guard case .writes(let writes) = try FunctionEvent(parsing: Array(#"{"Records":[]}"#.utf8)) else {
            Issue.record("it is no event of a stream")
            return
        }
        #expect(writes.records.isEmpty)
        #expect(throws: StreamEventError.self) { try FunctionEvent(parsing: Array(#"{"source":"aws.events"}"#.utf8)) }
    }

    @Test(
        arguments: [
            ("mapping", ""), ("circuit", .null), ("afterMilliseconds", -1), ("longestMilliseconds", 59_999), ("longestMilliseconds", 86_400_001),
            ("concurrency", 1), ("concurrency", 1001), ("concurrency", "20"),
        ] as [(String, JSON)]
    )
    func whatMakesNoSenseIsRefusedByName(name: String, value: JSON) {
        #expect {
            _ = try event([name: value])
        } throws: { error in
            "\(error)".contains("pause.\(name)")
        }
    }
}
