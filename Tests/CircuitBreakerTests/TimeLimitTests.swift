//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreakerTesting
import Logging
import Synchronization
import Testing

@testable import CircuitBreaker

// What a call says about the dependency that was given too little time: nothing, or that it needs more.
@Suite("Limits of calls and of probes")
struct TimeLimitTests {
    private static let once = TripPolicy.failures(1, within: .seconds(60), share: 0)

    // A call of a dependency that hangs, which times out after so long.
    private func hang(_ fleet: Fleet, deadline: Duration, for time: Duration) async {
        let gate = Gate()
        let end = fleet.clock.now.advanced(by: deadline)
        let call = Task { [fleet] in await fleet[0].result(deadline: end, of: { await gate.pass() }) }
        await gate.untilHolding(1)
        await fleet.clock.untilSleeping(1)
        fleet.clock.advance(by: time)
        if case .failure(.timedOut) = await call.value {} else { Issue.record("the call did not time out") }
        gate.open()
    }

    @Test("a probe that times out by its lease is a failure, and the log says what to do if calls take as long")
    func slowerThanTheLease() async throws {
        let fleet = try Fleet(1)
        let lines = Lines()
        let logger = Logger(label: "test") { _ in lines }
        let breaker = try CircuitBreaker("test", store: fleet.memory, configuration: fleet[0].configuration, clock: fleet.clock, logger: logger)
        await fleet.trip()
        fleet.clock.advance(by: .seconds(10))
        let gate = Gate()
        let probe = Task { await breaker.result(deadline: nil, of: { await gate.pass() }) }
        await gate.untilHolding(1)
        await fleet.clock.untilSleeping(1)
        fleet.clock.advance(by: .seconds(10))
        if case .failure(.timedOut(after: .seconds(10))) = await probe.value {} else { Issue.record("the probe did not time out") }
        gate.open()
        #expect(try await fleet.record().state == .open)
        let texts = lines.all.withLock { $0 }
        #expect(texts.contains { $0.hasPrefix("warning") && $0.hasSuffix("give them a longer lease circuit,lease") }, "\(texts)")
    }

    @Test("a lease that nobody gave is as long as a call may take")
    func defaultLease() throws {
        let configuration = CircuitBreaker.Configuration(timeout: .seconds(30))
        #expect(configuration.recovery.lease == .seconds(30))
        #expect(CircuitBreaker.Configuration(timeout: .seconds(3)).recovery.lease == .seconds(10))
        #expect(try CircuitBreaker.Configuration(variables: ["CIRCUITBREAKER_CALL_TIMEOUT_MS": "30000"]).recovery.lease == .seconds(30))
        let error = #expect(throws: ConfigurationError.self) {
            try CircuitBreaker("a", configuration: .init(recovery: .init(lease: .seconds(9)), timeout: .seconds(10)))
        }
        #expect(error?.description == "lease is 9.0 seconds, but must be at least timeout, which is 10.0 seconds")
    }

    @Test("calls that begin shortly before the deadline say nothing about a dependency that needs longer")
    func briefCalls() async throws {
        let fleet = try Fleet(1, .init(policy: .failures(5, within: .seconds(60), share: 0)))
        for _ in 0..<5 { await hang(fleet, deadline: .milliseconds(150), for: .milliseconds(120)) }
        #expect(fleet[0].counts.timedOut == 5)
        #expect(try await fleet.record().state == .closed)
        #expect(try await fleet.record().window.isEmpty)
    }

    // A call of a dependency that takes so long, which the call's limit allows.
    private func call(_ fleet: Fleet, deadline: Timestamp? = nil, taking time: Duration) async throws {
        let gate = Gate()
        let call = Task { [fleet] in await fleet[0].result(deadline: deadline, of: { await gate.pass() }) }
        await gate.untilHolding(1)
        await fleet.clock.untilSleeping(1)
        fleet.clock.advance(by: time)
        let hasTimeLeft = fleet.clock.sleeping == 1
        gate.open()
        let result = await call.value
        try #require(hasTimeLeft, "its limit is over")
        if case .failure(let failure) = result { Issue.record(failure) }
    }

    @Test("calls of 120 ms that begin 800 ms before the deadline have 600 ms, and succeed")
    func untilTheDeadline() async throws {
        let fleet = try Fleet(1, .init(policy: .failures(5, within: .seconds(60), share: 0)))
        for _ in 0..<5 { try await call(fleet, deadline: fleet.clock.now.advanced(by: .milliseconds(800)), taking: .milliseconds(120)) }
        #expect(fleet[0].counts.succeeded == 5)
        #expect(try await fleet.record().state == .closed)
    }

    @Test("a dependency that takes 12 s: probes of calls that may take 30 s have that long, and close the circuit")
    func slowDependency() async throws {
        let fleet = try Fleet(1, .init(policy: .failures(3, within: .seconds(60)), timeout: .seconds(30)))
        await fleet.trip()
        fleet.clock.advance(by: .seconds(10))
        for _ in 0..<2 { try await call(fleet, taking: .seconds(12)) }
        #expect(fleet[0].counts.probes == 2)
        #expect(try await fleet.record().state == .closed)
    }

    @Test("a function limit of one second: a hanging dependency opens the circuit, and a quarter of the time is left to say so")
    func oneSecond() async throws {
        let fleet = try Fleet(1, .init(policy: .failures(3, within: .seconds(60), share: 0)))
        for _ in 0..<3 { await hang(fleet, deadline: .seconds(1), for: .milliseconds(750)) }
        #expect(fleet[0].counts.timedOut == 3)
        #expect(try await fleet.record().state == .open)
    }

    @Test("a timeout shorter than the minimum budget is the caller's own, and counts")
    func ownTimeout() async throws {
        let fleet = try Fleet(1, .init(policy: Self.once, timeout: .milliseconds(50)))
        await hang(fleet, deadline: .seconds(2), for: .milliseconds(50))
        #expect(try await fleet.record().state == .open)
    }

    @Test("after a call the store gets no more than what the deadline leaves")
    func storeAfterTheCall() async throws {
        let fleet = try Fleet(1, .init(policy: Self.once))
        await fleet[0].succeeds()
        fleet.store.inject(.delay(.seconds(10)), on: [.report, .change])
        let start = fleet.clock.now
        let gate = Gate()
        let call = Task { [fleet] in await fleet[0].result(deadline: start.advanced(by: .milliseconds(800)), of: { await gate.pass() }) }
        await gate.untilHolding(1)
        while fleet[0].alarm.pending.entries < 1 { await Task.yield() }
        fleet.clock.advance(by: .milliseconds(600))
        // The request to the store, and the call that waits for it.
        while fleet[0].alarm.pending.entries < 2 { await Task.yield() }
        fleet.clock.advance(by: .milliseconds(200))
        if case .failure(.timedOut) = await call.value {} else { Issue.record("the call did not time out") }
        #expect(fleet.clock.now == start.advanced(by: .milliseconds(800)))
        gate.open()
    }
}
