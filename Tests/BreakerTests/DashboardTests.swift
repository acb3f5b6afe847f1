//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import ArgumentParser
import CircuitBreaker
import CircuitBreakerTesting
import LocalFleet
import Logging
import NIOCore
import Synchronization
import Testing
import UnreliableService

@testable import breaker

@Suite struct DashboardTests {
    private let clock = ManualClock()
    private let store: InMemoryStore
    private let fleet: LocalFleet
    private let dependency: UnreliableDependency
    private let dashboard: Dashboard

    init() throws {
        let (clock, log) = (clock, StoryLog(clock: clock))
        let store = InMemoryStore(clock: clock)
        let dependency = UnreliableDependency(successProbability: 1, clock: clock)
        var quiet = Logger(label: "test")
        quiet.logLevel = .critical
        let logger = quiet
        let fleetStore = log.observe(store)
        fleet = try LocalFleet(
            capacity: 10,
            idleLimit: .seconds(300),
            functionTimeout: .seconds(10),
            clock: clock,
            tell: { log.add($0) },
            start: { (environment) throws(ConfigurationError) in
                let breaker = try CircuitBreaker(
                    "unreliable-service",
                    store: fleetStore,
                    configuration: ServiceSettings.pattern,
                    environment: environment,
                    clock: clock,
                    logger: logger
                )
                return UnreliableService(breaker: breaker, dependency: dependency, logger: logger)
            }
        )
        self.store = store
        self.dependency = dependency
        dashboard = try Dashboard(
            settings: ServiceSettings(),
            server: try ServerOptions.parse([]),
            fleet: fleet,
            store: store,
            log: log,
            dependency: dependency,
            logger: logger,
            clock: clock
        )
    }

    private func record() async throws -> CircuitRecord? {
        try await store.read("unreliable-service", consistent: true)
    }

    // The data of the next message or messages, as JSON.
    private func next(_ stream: inout EventStream.Iterator) async throws -> [JSON] {
        let buffer = try #require(try await stream.next())
        let lines = String(buffer: buffer).split(separator: "\n").filter { $0.hasPrefix("data: ") }
        return try lines.map { try JSON(parsing: Array($0.dropFirst(6).utf8)) }
    }

    @Test func ordersAreGivenAsAnOperatorWould() async throws {
        _ = try await dashboard.perform(.order(.forceOpen, seconds: 30, why: "work"))
        let until = clock.now.advanced(by: .seconds(30))
        #expect(try await record()?.order == CircuitOrder(.forceOpen, until: until, by: "dashboard", why: "work"))
        #expect(await fleet.handle(ServiceRequest())?.outcome == .rejected)
        _ = try await dashboard.perform(.lift)
        #expect(try await record()?.order == nil)
        clock.advance(by: .seconds(2))
        #expect(await fleet.handle(ServiceRequest())?.outcome == .success)
        _ = try await dashboard.perform(.reset(why: "well"))
        #expect(try await record()?.reason == .ordered(by: "dashboard", why: "well"))
    }

    @Test func onlyWhatIsNamedChanges() async throws {
        _ = try await dashboard.perform(.downstream(mode: .dead, successPercent: nil, latencyMilliseconds: 70))
        #expect(dependency.behavior == .init(mode: .dead, successProbability: 1, latency: .milliseconds(70)))
        _ = try await dashboard.perform(.downstream(mode: nil, successPercent: 35, latencyMilliseconds: nil))
        #expect(dependency.behavior == .init(mode: .dead, successProbability: 0.35, latency: .milliseconds(70)))
    }

    @Test func aBurstIsAnsweredWithWhatBecameOfIt() async throws {
        let json = try await dashboard.perform(.burst(calls: 12)).json
        #expect(json["calls"]?.integer == 12)
        #expect(json["environments"]?.integer == 10)
        #expect(json["throttled"]?.integer == 2)
        #expect(json["success"]?.integer == 10)
    }

    @Test func framesTellEachCallOnceAndTheLateOnesAreCounted() async throws {
        let listener = try #require(Listener.open(dashboard))
        var stream = EventStream(listener: listener, cursor: nil).makeAsyncIterator()
        let first = try await next(&stream)
        #expect(first.count == 2)
        #expect(first[0]["circuit"]?.string == "unreliable-service")
        #expect(first[1]["whole"] == true)
        _ = try await dashboard.perform(.burst(calls: 4))
        // A reader that comes back after five seconds gets one frame for all that it missed.
        clock.advance(by: .seconds(5))
        async let second = next(&stream)
        await clock.untilSleeping()
        clock.advance(by: .milliseconds(300))
        let frame = try await second[0]
        let slices = try #require(frame["slices"]?.array)
        #expect(slices.reduce(0) { $0 + ($1.array?[1].integer ?? 0) } == 4)
        #expect(frame["whole"] == false)
        #expect(try #require(frame["late"]?.integer) >= 19)
        #expect(frame["totals"]?["success"]?.integer == 4)
    }

    @Test func theStateIsTheOneThatDecides() async throws {
        let rules = dashboard.rules
        func told(_ record: CircuitRecord) -> JSON { CircuitSummary(id: "payments", record: record, now: clock.now).json(by: rules) }
        _ = try await dashboard.perform(.reset(why: "new"))
        var record = try #require(try await record())
        let expected: [(CircuitOrder.Kind?, state: String, effect: String?)] = [
            (nil, "CLOSED", nil), (.forceOpen, "OPEN", "every call is rejected until the order ends or is lifted"),
            (.forceClosed, "CLOSED", "every call passes, whatever fails, until the order ends or is lifted"),
            (.disabled, "CLOSED", "every call passes and none is counted until the order ends or is lifted"), (.observe, "CLOSED", nil),
        ]
        for (kind, state, effect) in expected {
            record.order = kind.map { CircuitOrder($0, until: clock.now.advanced(by: .seconds(30)), by: "ann", why: "work") }
            let json = told(record)
            #expect(json["state"]?.string == state && json["stateWithoutOrder"]?.string == "CLOSED", "\(json)")
            #expect(json["orderEffect"]?.string == effect, "\(json)")
            #expect(json["nextAttempt"] == .null && json["epoch"]?.integer == record.epoch.rawValue, "\(json)")
        }
        clock.advance(by: .seconds(31))
        #expect(told(record)["order"] == .null)
    }

    @Test func thePageGetsAllOfThePolicy() {
        let policy = TripPolicy.failureRate(0.5, minimumCalls: 20, within: .seconds(60))
        #expect(policy.json["slow"] == .null && policy.json["threshold"]?.string == "0.5")
        let slow = policy.orSlowCalls(0.25, longerThan: .milliseconds(1500), minimumCalls: 30).json["slow"]
        #expect(slow == ["threshold": "0.25", "limit": "1.5 s", "minimumCalls": 30])
    }

    @Test func readersAreBoundedAndCountedWhileTheyLive() {
        var listeners = (0..<Dashboard.mostListeners).compactMap { _ in Listener.open(dashboard) }
        #expect(listeners.count == Dashboard.mostListeners)
        #expect(Listener.open(dashboard) == nil)
        listeners.removeLast()
        #expect(Listener.open(dashboard) != nil)
        listeners = []
        #expect(dashboard.listeners.withLock { $0 } == 0)
    }

    @Test func whatThePageItselfAsksIsNotCounted() async throws {
        _ = await fleet.handle(ServiceRequest())
        let before = dashboard.log.frame(after: nil, at: clock.now).1
        _ = try await dashboard.perform(.order(.observe, seconds: nil, why: ""))
        _ = try await dashboard.perform(.lift)
        let listener = try #require(Listener.open(dashboard))
        var stream = EventStream(listener: listener, cursor: nil).makeAsyncIterator()
        _ = try await stream.next()
        #expect(dashboard.log.frame(after: nil, at: clock.now).1 == before)
        #expect(before.storeRequests == [.read: 1])
        #expect(fleet.counts.outcomes.storeRequests == 1)
    }
}
