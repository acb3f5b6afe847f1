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

// A configuration that is replaced while calls run.
@Suite("Updating")
struct UpdatingTests {
    @Test("I6: a shorter age of views holds for the next call, however long the pass in force had still to go")
    func viewAge() async throws {
        let fleet = try Fleet(1, hasHealthyViews: true)
        fleet.memory.overwrite("test") { _ in }
        #expect(await fleet[0].succeeds())
        let reads = fleet.store.requests(.read)
        fleet.clock.advance(by: .seconds(2))
        #expect(await fleet[0].succeeds())
        #expect(fleet.store.requests(.read) == reads)
        var configuration = fleet[0].configuration
        configuration.sharing.maxViewAge = .milliseconds(100)
        configuration.sharing.maxHealthyViewAge = .milliseconds(100)
        configuration.sharing.lookBeside = .zero
        try fleet[0].update(configuration)
        #expect(await fleet[0].succeeds())
        #expect(fleet.store.requests(.read) == reads + 1)
        fleet.clock.advance(by: .milliseconds(101))
        #expect(await fleet[0].succeeds())
        #expect(fleet.store.requests(.read) == reads + 2)
    }

    @Test("a timeout holds for the next call, and none any more once it is taken away")
    func timeout() async throws {
        let fleet = try Fleet(1, .init(policy: .failures(100, within: .seconds(60))))
        #expect(await fleet[0].succeeds())
        var configuration = fleet[0].configuration
        configuration.timeout = .seconds(1)
        try fleet[0].update(configuration)
        let call = Task { [fleet] in
            await fleet[0].result(of: { while !Task.isCancelled { await Task.yield() } })
        }
        await fleet.clock.untilSleeping(1)
        fleet.clock.advance(by: .seconds(1))
        if case .failure(.timedOut(.seconds(1))) = await call.value {} else { Issue.record("the call did not time out") }
        configuration.timeout = nil
        try fleet[0].update(configuration)
        let patience = Gate()
        let patient = Task { [fleet] in await fleet[0].result(of: { await patience.pass() }) }
        await patience.untilHolding(1)
        fleet.clock.advance(by: .seconds(3))
        patience.open()
        if case .success = await patient.value {} else { Issue.record("the call had a limit") }
    }

    @Test("slow calls are counted by the limit of the policy in force")
    func slowCalls() async throws {
        let slow = TripPolicy.failures(5, within: .seconds(60)).orSlowCalls(0.5, longerThan: .milliseconds(200), minimumCalls: 2)
        let fleet = try Fleet(1)
        var configuration = fleet[0].configuration
        configuration.policy = slow
        try fleet[0].update(configuration)
        func call() async { _ = await fleet[0].result(of: { fleet.clock.advance(by: .milliseconds(300)) }) }
        for _ in 0..<4 { await call() }
        #expect(try await fleet.record().state == .closed)
        try await fleet[0].reset()
        for _ in 0..<4 { await call() }
        #expect(try await fleet.record().state == .open)
    }

    @Test("a policy that needs successes nobody counted waits for the next epoch: no share is taken of what is missing")
    func incomparablePolicy() async throws {
        let fleet = try Fleet(2, .init(policy: .failures(100, within: .seconds(60), share: 0)))
        for _ in 0..<50 { #expect(await fleet[0].succeeds()) }
        for _ in 0..<5 { await fleet[0].fails() }
        var configuration = fleet[0].configuration
        configuration.policy = .failureRate(0.5, minimumCalls: 5, within: .seconds(60))
        for breaker in fleet.breakers { try breaker.update(configuration) }
        #expect(await fleet[0].fails())
        #expect(try await fleet.record().state == .closed)
        #expect(fleet[0].configuration.policy == configuration.policy)

        try await fleet[0].reset()
        fleet.ageViews()
        for _ in 0..<5 { #expect(await fleet[1].fails()) }
        #expect(try await fleet.record().state == .open)
    }

    @Test("a policy of the same kind holds at once, over what was counted before")
    func comparablePolicy() async throws {
        let fleet = try Fleet(1, .init(policy: .failures(100, within: .seconds(60), share: 0)))
        for _ in 0..<4 { await fleet[0].fails() }
        var configuration = fleet[0].configuration
        configuration.policy = .failures(5, within: .seconds(60), share: 0)
        try fleet[0].update(configuration)
        await fleet[0].fails()
        #expect(try await fleet.record().state == .open)
    }

    @Test("I3: a shorter lease takes no slot from a probe that runs by a longer one")
    func shorterLease() async throws {
        let fleet = try Fleet(1)
        await fleet.trip()
        fleet.clock.advance(by: .seconds(10))
        let probe = try await fleet[0].permit()
        var configuration = fleet[0].configuration
        configuration.recovery.lease = .seconds(1)
        configuration.sharing.maxClockSkew = .milliseconds(100)
        try fleet[0].update(configuration)
        fleet.ageViews()
        #expect(await fleet[0].rejection()?.reason == .probing)
        await probe.succeed()
        #expect(try await fleet.record().successCount == 1)
    }

    @Test("the log names what changed, before and after; what changes nothing is not worth a line, and what cannot be used changes nothing")
    func logs() async throws {
        let events = Events()
        let breaker = try CircuitBreaker("test", clock: ManualClock(), logger: Logger(label: "test") { _ in events })
        try breaker.update(breaker.configuration)
        #expect(events.all.withLock { $0 }.isEmpty)
        var configuration = breaker.configuration
        configuration.recovery.openTime = .milliseconds(2500)
        configuration.timeout = .seconds(3)
        try breaker.update(configuration)
        let expected: Logger.Metadata = [
            "circuit": "test", "inForce": "at once", "TIMEOUT_MS": "10000 -> 2500", "CALL_TIMEOUT_MS": "off -> 3000",
        ]
        #expect(events.all.withLock { $0 } == [expected])

        configuration.recovery.openTime = .zero
        #expect(throws: ConfigurationError.self) { try breaker.update(configuration) }
        #expect(breaker.configuration.recovery.openTime == .milliseconds(2500))
        #expect(events.all.withLock { $0.count } == 1)
    }

    @Test("a registry updates the circuits that it holds and those to come, each by its own exception")
    func registry() async throws {
        let registry = try CircuitBreakerRegistry()
        let held = try registry.breaker(for: "held")
        let special = CircuitBreaker.Configuration(timeout: .seconds(2))
        try registry.update(.init(timeout: .seconds(1)), exceptions: ["special": special])
        #expect(held.configuration.timeout == .seconds(1))
        #expect(try registry.breaker(for: "new").configuration.timeout == .seconds(1))
        #expect(try registry.breaker(for: "special").configuration.timeout == .seconds(2))
        #expect(throws: ConfigurationError.self) { try registry.update(.init(timeout: .zero)) }
        #expect(held.configuration.timeout == .seconds(1))
    }

    @Test("calls that run while the configuration is replaced are counted like any other")
    func whileCallsRun() async throws {
        let never = TripPolicy.failures(1_000_000, within: .seconds(60), share: 0)
        let breaker = try CircuitBreaker("test", policy: never)
        let configurations = [Duration?.none, .seconds(60)].map { CircuitBreaker.Configuration(policy: never, timeout: $0) }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask { for number in 0..<1000 { _ = number % 10 == 0 ? await breaker.fails() : await breaker.succeeds() } }
            }
            group.addTask {
                for number in 0..<200 {
                    do { try breaker.update(configurations[number % 2]) } catch { Issue.record(error) }
                    await Task.yield()
                }
            }
        }
        #expect(breaker.counts.succeeded == 3600)
        #expect(breaker.counts.failed == 400)
    }
}

private final class Events: LogHandler, Sendable {
    let all = Mutex<[Logger.Metadata]>([])
    subscript(metadataKey _: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .info }
        set {}
    }

    func log(event: LogEvent) {
        all.withLock { $0.append(event.metadata ?? [:]) }
    }
}
