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

@Suite("Orders")
struct OrderTests {
    @Test("force open: the whole fleet rejects, with who and why, until the order ends")
    func forceOpen() async throws {
        let fleet = try Fleet(2)
        await fleet[1].succeeds()
        let order = CircuitOrder(.forceOpen, until: fleet.clock.now.advanced(by: .seconds(30)), by: "ops", why: "maintenance")
        try await fleet[0].give(order)
        fleet.ageViews()
        for breaker in fleet.breakers {
            let rejection = await breaker.rejection()
            #expect(rejection?.reason == .forcedOpen(order))
            #expect(rejection?.retryAfter == .milliseconds(28_999))
        }
        fleet.clock.advance(by: .milliseconds(28_999))
        for breaker in fleet.breakers { #expect(await breaker.succeeds()) }
    }

    @Test("the state that a caller learns is the one that decides")
    func decidingState() async throws {
        let fleet = try Fleet(1)
        try await fleet[0].forceOpen(for: .seconds(30), by: "ops", why: "maintenance")
        let rejection = try #require(await fleet[0].rejection())
        #expect(rejection.state == .open && "\(rejection)".hasPrefix("circuit OPEN: ordered by ops: maintenance; retry after"))
        #expect(fleet[0].view.state == .open && fleet[0].view.record.state == .closed)
        try await fleet[0].liftOrder()
        await fleet.trip()
        #expect(fleet[0].view.state == .open)
        for kind in [CircuitOrder.Kind.forceClosed, .disabled] {
            try await fleet[0].give(CircuitOrder(kind))
            #expect(fleet[0].view.state == .closed && fleet[0].view.record.state == .open)
        }
        try await fleet[0].give(CircuitOrder(.observe))
        #expect(fleet[0].view.state == .open)
    }

    @Test("force open: circuitbreaker-lambda's attributes say OPEN for as long as it lasts, and their own again when it ended or was lifted")
    func mirror() async throws {
        let fleet = try Fleet(3)
        await fleet[2].fails()
        let until = fleet.clock.now.advanced(by: .seconds(30))
        try await fleet[0].give(CircuitOrder(.forceOpen, until: until))
        var record = try await fleet.record()
        #expect(record.shared.circuitState == .open && record.shared.nextAttempt == until)
        #expect(record.state == .closed && record.nextAttempt == .zero)
        // A stale CLOSED of a foreign writer is seen with the next look.
        fleet.memory.overwrite("test") { $0.shared.circuitState = .closed }
        fleet.ageViews()
        #expect(await fleet[1].rejection() != nil)
        record = try await fleet.record()
        #expect(record.shared.circuitState == .open && record.shared.nextAttempt == until)
        fleet.clock.advance(by: .seconds(29))
        #expect(await fleet[1].succeeds())
        record = try await fleet.record()
        #expect(record.order == nil && record.shared.circuitState == .closed && record.shared.nextAttempt == .zero)
        #expect(record.window.buckets.reduce(0) { $0 + $1.tally.failures } == 1)

        try await fleet[0].give(CircuitOrder(.forceOpen))
        #expect(try await fleet.record().shared.nextAttempt == Timestamp(milliseconds: 253_402_300_799_000))
        try await fleet[1].liftOrder()
        #expect(try await fleet.record().shared.circuitState == .closed)

        fleet.ageViews()
        await fleet.trip()
        let own = try await fleet.record()
        try await fleet[0].give(CircuitOrder(.forceOpen))
        try await fleet[0].give(CircuitOrder(.observe))
        #expect(try await fleet.record().shared == own.shared && own.shared.circuitState == .open)
    }

    @Test("failures of calls that were under way when an order forced the circuit open are counted")
    func underWay() async throws {
        let fleet = try Fleet(2)
        let permit = try await fleet[0].permit()
        try await fleet[1].give(CircuitOrder(.forceOpen))
        await permit.fail()
        #expect(try await fleet.record().window.buckets.reduce(0) { $0 + $1.tally.failures } == 1)
        #expect(fleet[0].counts.staleOutcomes == 0)
    }

    @Test("each order that was given, lifted or has ended is logged and counted once for the fleet, by whoever makes calls")
    func announced() async throws {
        let fleet = try Fleet(1)
        let lines = Lines()
        let calling = try (0..<5).map { number in
            try CircuitBreaker(
                "test",
                store: fleet.store,
                configuration: fleet[0].configuration,
                environment: EnvironmentID(rawValue: "calling\(number)"),
                clock: fleet.clock,
                logger: Logger(label: "test") { _ in lines }
            )
        }
        func look() async {
            // Past the age of a healthy view, which a look beside the call renews; the next call goes by it.
            fleet.clock.advance(by: .seconds(60))
            for _ in 0..<2 { for breaker in calling { await breaker.succeeds() } }
        }
        let events = calling[3].events()
        try await fleet[0].forceClosed(for: .seconds(150), by: "ops", why: "test")
        await look()
        #expect(lines.all.withLock { $0 } == ["info CircuitBreaker order: FORCE-CLOSED by,circuit,environment,until,why"])
        await look()
        await look()
        try await fleet[0].forceOpen(for: nil, by: "ops", why: "test")
        await look()
        fleet.clock.advance(by: .milliseconds(1))
        try await fleet[0].liftOrder()
        await look()
        #expect(
            lines.all.withLock { $0 } == [
                "info CircuitBreaker order: FORCE-CLOSED by,circuit,environment,until,why", "info CircuitBreaker order: ended circuit,environment",
                "info CircuitBreaker order: FORCE-OPEN by,circuit,environment,until,why", "info CircuitBreaker order: lifted circuit,environment",
            ]
        )
        #expect(calling.reduce(0) { $0 + $1.counts.announcedOrders } == 4)
        #expect(fleet[0].counts.announcedOrders == 0)
        var seen: [String] = []
        for await event in events {
            guard case .orderChanged(let change) = event else { continue }
            seen.append(change.order?.kind.rawValue ?? (change.hasEnded ? "ended" : "lifted"))
            if seen.count == 4 { break }
        }
        #expect(seen == ["FORCE-CLOSED", "ended", "FORCE-OPEN", "lifted"])
        #expect(try await fleet.record().history.map(\.isOrder) == [true, true, true, true])
    }

    @Test("what would control a terminal is spelled, in the log and in what callers learn")
    func controlCharacters() async throws {
        let (lines, clock) = (Lines(), ManualClock())
        let store = FaultyStore(InMemoryStore(clock: clock), clock: clock)
        let configuration = CircuitBreaker.Configuration(policy: .failures(3, within: .seconds(60)))
        let logger = Logger(label: "test") { _ in lines }
        let breaker = try CircuitBreaker("test", store: store, configuration: configuration, clock: clock, logger: logger)
        let nasty = "a\u{1B}[2J\u{9B}\u{2028}\u{202E}\nb"
        try await breaker.forceOpen(for: .seconds(10), by: nasty, why: nasty)
        let rejection = try #require(await breaker.rejection())
        try await breaker.reset(by: nasty, why: nasty)
        clock.advance(by: .seconds(60))
        for _ in 0..<2 { await breaker.succeeds() }
        let failure = StoreError(.unavailable, nasty, underlyingError: StoreError(.throttled, nasty))
        let said = ["\(rejection)", "\(CircuitBreakerError.rejected(rejection))", "\(failure)"]
        let logged = lines.whole.withLock { $0 }
        #expect(logged.contains { $0.contains("order: FORCE-OPEN") } && logged.contains { $0.contains("order: ended") }, "\(logged)")
        for text in said + logged {
            let controls = text.unicodeScalars.filter { $0.properties.generalCategory == .control || $0.properties.isBidiControl }
            #expect(controls.isEmpty && !text.contains { $0.isNewline }, "\(text.debugDescription)")
        }
        #expect(said.allSatisfy { $0.contains(#"a\u001b[2J\u009b\u2028\u202e\nb"#) }, "\(said)")
    }

    @Test("the record remembers each change of state and each order: when, from, to, why, and who")
    func history() async throws {
        let fleet = try Fleet(2)
        await fleet.trip()
        fleet.clock.advance(by: .seconds(10))
        await fleet[1].succeeds()
        let order = CircuitOrder(.observe, until: fleet.clock.now.advanced(by: .seconds(30)), by: "ops", why: "to be sure")
        try await fleet[0].give(order)
        fleet.clock.advance(by: .milliseconds(1))
        try await fleet[0].liftOrder(by: "ann", why: "it is over")
        fleet.clock.advance(by: .milliseconds(1))
        await fleet[1].succeeds()
        let record = try await fleet.record()
        #expect(record.state == .closed)
        let (zero, one) = (fleet[0].environment, fleet[1].environment)
        #expect(
            record.history.map(\.event) == [
                .changed(from: .closed, to: .open, reason: .failures(count: 3, threshold: 3, within: .seconds(60), calls: 3), by: zero),
                .changed(from: .open, to: .halfOpen, reason: .nextAttemptDue, by: one), .ordered(order),
                .lifted(by: "ann", why: "it is over"),
                .changed(from: .halfOpen, to: .closed, reason: .probesSucceeded(count: 2), by: one),
            ]
        )
        #expect(record.history.last?.time == record.since)
    }

    @Test("a longer text than an order may have is refused, by its name, and nothing is written", arguments: ["by", "why"])
    func longText(name: String) async throws {
        let fleet = try Fleet(1)
        await fleet[0].succeeds()
        let most = String(repeating: "é", count: CircuitOrder.longestText / 2)
        func texts(_ text: String) -> (by: String, why: String) { name == "by" ? (text, "") : ("", text) }
        let requests = fleet[0].counts.storeRequests
        for order in 0..<4 {
            let (by, why) = texts(most + "!")
            let error = await #expect(throws: ConfigurationError.self) {
                switch order {
                case 3: try await fleet[0].liftOrder(by: by, why: why)
                case 0: try await fleet[0].forceOpen(for: .seconds(30), by: by, why: why)
                case 1: try await fleet[0].give(CircuitOrder(.observe, by: by, why: why))
                default: try await fleet[0].reset(by: by, why: why)
                }
            }
            #expect(error?.setting == name && error?.allowed == "at most 256 bytes of UTF-8 long")
        }
        #expect(fleet[0].counts.storeRequests == requests)
        let (by, why) = texts(most)
        try await fleet[0].forceOpen(for: .seconds(30), by: by, why: why)
        #expect(try await fleet.record().order == CircuitOrder(.forceOpen, until: fleet.clock.now.advanced(by: .seconds(30)), by: by, why: why))
    }

    @Test("force closed: calls pass through an OPEN circuit, and failures trip nothing")
    func forceClosed() async throws {
        let fleet = try Fleet(1)
        await fleet.trip()
        try await fleet[0].give(CircuitOrder(.forceClosed))
        for _ in 0..<10 { #expect(await fleet[0].fails()) }
        try await fleet[0].reset()
        for _ in 0..<10 { #expect(await fleet[0].fails()) }
        #expect(try await fleet.record().state == .closed)
        #expect(try await fleet.record().window.buckets.reduce(0) { $0 + $1.tally.failures } == 10)
        try await fleet[0].liftOrder()
        #expect(await fleet[0].rejection()?.reason == .open(.failures(count: 10, threshold: 3, within: .seconds(60), calls: 10)))
    }

    @Test("disabled: calls pass and nothing is counted")
    func disabled() async throws {
        let fleet = try Fleet(1)
        try await fleet[0].give(CircuitOrder(.disabled))
        for _ in 0..<10 { #expect(await fleet[0].fails()) }
        #expect(try await fleet.record().window.buckets.isEmpty)
        #expect(fleet.store.requests(.report) == 0)
    }

    @Test("observe: the circuit goes through its states but rejects nobody")
    func observe() async throws {
        let fleet = try Fleet(1)
        try await fleet[0].give(CircuitOrder(.observe))
        await fleet.trip()
        #expect(try await fleet.record().state == .open)
        #expect(await fleet[0].succeeds())
        #expect(fleet[0].counts.wouldReject == 1)
        fleet.clock.advance(by: .seconds(10))
        await fleet[0].succeeds()
        await fleet[0].succeeds()
        #expect(try await fleet.record().state == .closed)
    }

    @Test("an order is given in any state, against writers at the same time, and leaves running probes their slots")
    func orderDuringProbe() async throws {
        let fleet = try Fleet(2)
        await fleet.trip()
        fleet.clock.advance(by: .seconds(10))
        let probe = try await fleet[0].permit()
        try await fleet[1].give(CircuitOrder(.observe, by: "ops"))
        #expect(try await fleet.record().slots.count == 1)
        await probe.succeed()
        #expect(try await fleet.record().successCount == 1)
    }

    @Test("of two orders at once one is given first and the other replaces it")
    func twoOrders() async throws {
        let fleet = try Fleet(10)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for breaker in fleet.breakers {
                group.addTask { try await breaker.give(CircuitOrder(.forceOpen, by: breaker.environment.rawValue)) }
            }
            try await group.waitForAll()
        }
        #expect(try await fleet.record().order?.kind == .forceOpen)
    }

    @Test("a record with an order without end does not expire; one without an order does")
    func expiry() async throws {
        let fleet = try Fleet(1)
        await fleet.trip()
        let expiry = try #require(try await fleet.record().expiresAt)
        #expect(fleet.clock.now.duration(to: expiry) == .seconds(86_400))
        try await fleet[0].give(CircuitOrder(.forceOpen))
        #expect(try await fleet.record().expiresAt == nil)
    }

    @Test("reset closes an OPEN circuit for the whole fleet, and says who did it")
    func reset() async throws {
        let fleet = try Fleet(2)
        await fleet.trip()
        try await fleet[1].reset(by: "ops", why: "fixed")
        #expect(try await fleet.record().reason == .ordered(by: "ops", why: "fixed"))
        fleet.ageViews()
        for breaker in fleet.breakers { #expect(await breaker.succeeds()) }
    }

    @Test("an operator learns that the store did not answer")
    func storeDown() async throws {
        let fleet = try Fleet(1)
        fleet.store.inject(.refuse)
        await #expect(throws: StoreError.self) { try await fleet[0].give(CircuitOrder(.forceOpen)) }
        await #expect(throws: StoreError.self) { try await fleet[0].prepare() }
    }
}
