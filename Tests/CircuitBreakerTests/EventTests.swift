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

@Suite("Events and logs")
struct EventTests {
    @Test("events tell each call and each change of state, in order")
    func order() async throws {
        let fleet = try Fleet(1)
        let events = fleet[0].events()
        await fleet[0].succeeds()
        await fleet.trip()
        _ = await fleet[0].rejection()
        fleet.clock.advance(by: .seconds(10))
        await fleet[0].succeeds()
        await fleet[0].succeeds()
        var told: [String] = []
        for await event in events {
            switch event {
            case .admitted(let isProbe): told.append(isProbe ? "probe" : "call")
            case .succeeded: told.append("success")
            case .failed: told.append("failure")
            case .rejected: told.append("rejected")
            case .stateChanged(let change): told.append("\(change.from.rawValue)>\(change.to.rawValue)")
            default: told.append("\(event)")
            }
            if told.count == 16 { break }
        }
        #expect(
            told == [
                "call", "success", "call", "failure", "call", "failure", "call", "failure", "CLOSED>OPEN", "rejected", "OPEN>HALF-OPEN", "probe",
                "success", "probe", "success", "HALF-OPEN>CLOSED",
            ]
        )
    }

    @Test("a listener that is too slow loses the oldest events, and they are counted")
    func dropped() async throws {
        let fleet = try Fleet(1)
        let events = fleet[0].events(buffer: 10)
        for _ in 0..<10 { await fleet[0].succeeds() }
        #expect(fleet[0].counts.droppedEvents == 10)
        var iterator = events.makeAsyncIterator()
        #expect(await iterator.next() != nil)
    }

    @Test("a listener that went away costs nothing more")
    func gone() async throws {
        let fleet = try Fleet(1)
        let task = Task { for await _ in fleet[0].events() {} }
        task.cancel()
        await task.value
        for _ in 0..<10 { await fleet[0].succeeds() }
        #expect(fleet[0].counts.succeeded == 10)
        #expect(fleet[0].counts.droppedEvents == 0)
    }

    @Test("the log has the pattern's line for each change of state that this environment made, with metadata beside it")
    func log() async throws {
        let lines = Lines()
        let clock = ManualClock()
        let store = FaultyStore(InMemoryStore(clock: clock), clock: clock)
        let configuration = CircuitBreaker.Configuration(policy: .failures(3, within: .seconds(60)))
        let logger = Logger(label: "test") { _ in lines }
        let breaker = try CircuitBreaker("test", store: store, configuration: configuration, clock: clock, logger: logger)
        let other = try CircuitBreaker("test", store: store, configuration: configuration, clock: clock, logger: logger)
        await other.succeeds()
        for _ in 0..<3 { await breaker.fails() }
        clock.advance(by: .seconds(10))
        await breaker.succeeds()
        await breaker.succeeds()
        clock.advance(by: .seconds(2))
        await other.succeeds()
        let metadata = "circuit,environment,epoch,from,reason,to"
        #expect(
            lines.all.withLock { $0 } == [
                "info CircuitBreaker state: OPEN \(metadata)", "info CircuitBreaker state: HALF \(metadata)",
                "info CircuitBreaker state: CLOSED \(metadata)",
            ]
        )
    }

    @Test("the loss of the store is reported once, not once per call, and its return too")
    func storeLossLog() async throws {
        let lines = Lines()
        let clock = ManualClock()
        let store = FaultyStore(InMemoryStore(clock: clock), clock: clock)
        let breaker = try CircuitBreaker("test", store: store, clock: clock, logger: Logger(label: "test") { _ in lines })
        store.inject(.refuse)
        for _ in 0..<100 {
            await breaker.succeeds()
            clock.advance(by: .milliseconds(500))
        }
        store.heal()
        clock.advance(by: .seconds(20))
        await breaker.succeeds()
        #expect(
            lines.all.withLock { $0 } == [
                "warning CircuitBreaker store: lost, continuing by policy: local circuit,error", "info CircuitBreaker store: back circuit",
            ]
        )
    }
}
