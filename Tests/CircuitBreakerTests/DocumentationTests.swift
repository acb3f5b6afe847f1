//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerTesting
import Testing

// The code of the articles *Testing your code* and *Writing a store*, which `scripts/check-code` compares with it.

struct QuoteService: Sendable {
    let breaker: CircuitBreaker
    let fetch: @Sendable () async throws -> String

    func quote() async throws -> String {
        try await breaker.run(timeout: .seconds(3)) {
            try await fetch()
        } fallback: { _ in
            "the cached quote"
        }
    }
}

struct QuoteServiceTests {
    struct Down: Error {}

    let clock = ManualClock()
    let configuration = CircuitBreaker.Configuration(
        policy: .failures(2, within: .seconds(60)),
        recovery: RecoveryPolicy(openTime: .seconds(10), jitter: 0, successesToClose: 2, ramp: .zero)
    )

    @Test func opensAndCloses() async throws {
        let breaker = try CircuitBreaker("quotes", configuration: configuration, clock: clock)
        let broken = QuoteService(breaker: breaker) { throw Down() }
        let working = QuoteService(breaker: breaker) { "a fresh quote" }

        _ = try await broken.quote()
        _ = try await broken.quote()
        #expect(breaker.view.state == .open)

        // OPEN: the call is not made, although it would succeed.
        #expect(try await working.quote() == "the cached quote")
        #expect(breaker.counts.rejected == 1)

        // Ten seconds later one call at a time is admitted as a probe; two that succeed close the circuit.
        clock.advance(by: .seconds(10))
        #expect(try await working.quote() == "a fresh quote")
        #expect(breaker.view.state == .halfOpen)
        #expect(try await working.quote() == "a fresh quote")
        #expect(breaker.view.state == .closed)
    }

    @Test func timesOut() async throws {
        let breaker = try CircuitBreaker("quotes", configuration: configuration, clock: clock)
        let hanging = QuoteService(breaker: breaker) {
            try await Task.sleep(for: .seconds(3600))
            return "never"
        }

        let answer = Task { try await hanging.quote() }
        await clock.untilSleeping()
        clock.advance(by: .seconds(3))
        #expect(try await answer.value == "the cached quote")
        #expect(breaker.counts.timedOut == 1)
    }

    @Test func survivesTheLossOfTheStore() async throws {
        let store = FaultyStore(InMemoryStore(clock: clock), clock: clock)
        let breaker = try CircuitBreaker("quotes", store: store, configuration: configuration, clock: clock)
        store.inject(.refuse)

        let working = QuoteService(breaker: breaker) { "a fresh quote" }
        #expect(try await working.quote() == "a fresh quote")

        let broken = QuoteService(breaker: breaker) { throw Down() }
        for _ in 0..<3 { _ = try await broken.quote() }
        #expect(try await working.quote() == "the cached quote")
        #expect(breaker.counts.storeFailures > 0)
    }

    @Test func handlesARejection() {
        let rejection = Rejection(reason: .open(nil), state: .open, retryAfter: .milliseconds(2500))
        #expect(rejection.retryAfterSeconds == 3)
    }
}

// Any database that can replace a row if nobody has changed it since it was read. This one is in memory.
actor VersionedRows {
    private var rows: [String: (version: Int, record: CircuitRecord)] = [:]

    func row(_ id: String) -> (version: Int, record: CircuitRecord)? { rows[id] }

    func replace(_ id: String, version: Int?, with record: CircuitRecord) -> Bool {
        guard rows[id]?.version == version else { return false }
        rows[id] = ((version ?? 0) + 1, record)
        return true
    }
}

struct VersionedStore: CircuitStore {
    let rows: VersionedRows

    func read(_ id: String, consistent: Bool) async throws(StoreError) -> CircuitRecord? {
        await rows.row(id)?.record
    }

    func report(_ report: CircuitReport, to id: String) async throws(StoreError) -> ReportResult {
        let (record, isDone) = try await modify(id) { $0.apply(report) }
        if isDone, let record { return .accepted(record) }
        return .refused(record)
    }

    func change(_ change: CircuitChange, of id: String) async throws(StoreError) -> ChangeResult {
        let (record, isDone) = try await modify(id) { $0.apply(change) }
        if isDone, let record { return .won(record) }
        return .lost(record)
    }

    // Reads, applies and replaces; again if another writer was faster.
    private func modify(_ id: String, _ apply: (inout CircuitRecord) -> Bool) async throws(StoreError) -> (CircuitRecord?, Bool) {
        while !Task.isCancelled {
            let row = await rows.row(id)
            var record = row?.record ?? CircuitRecord()
            guard apply(&record) else { return (row?.record, false) }
            if await rows.replace(id, version: row?.version, with: record) { return (record, true) }
        }
        throw StoreError(.timedOut, "other writers were faster every time", mayHaveBeenApplied: false)
    }
}

struct VersionedStoreTests {
    let store = VersionedStore(rows: VersionedRows())

    @Test(arguments: StoreConformance.Rule.allCases)
    func conforms(rule: StoreConformance.Rule) async throws {
        try await StoreConformance(store).check(rule)
    }
}

struct ClockExampleTests {
    @Test func aManualClock() throws {
        let clock = ManualClock()
        let breaker = try CircuitBreaker("payments", clock: clock)
        clock.advance(by: .seconds(10))
        #expect(breaker.view.state == .closed)
    }
}
