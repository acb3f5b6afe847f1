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

@Suite("Write loss")
struct WriteLossTests {
    enum Fault: CaseIterable {
        case timesOut, throttled, denied

        var fault: FaultyStore.Fault {
            switch self {
            case .timesOut: .loseRequest
            case .throttled: .throttle
            case .denied: .refuse
            }
        }
    }

    struct Outcome {
        var reached = 0
        var requests = 0
        var lines: [String] = []
    }

    // One environment, a dead downstream, one call a second for ten minutes.
    func tenMinutes(_ fault: FaultyStore.Fault, on verbs: Set<FaultyStore.Verb>) async throws -> Outcome {
        let clock = ManualClock()
        let store = FaultyStore(InMemoryStore(clock: clock), clock: clock)
        let lines = Lines()
        let configuration = CircuitBreaker.Configuration(policy: .failures(3, within: .seconds(60)))
        let breaker = try CircuitBreaker(
            "test",
            store: store,
            configuration: configuration,
            clock: clock,
            logger: Logger(label: "test") { _ in lines }
        )
        store.inject(fault, on: verbs)
        var outcome = Outcome()
        for _ in 0..<600 {
            clock.advance(by: .seconds(1))
            if await breaker.fails() { outcome.reached += 1 }
        }
        outcome.requests = breaker.counts.storeRequests
        outcome.lines = lines.all.withLock { $0 }
        return outcome
    }

    @Test("reads work and writes do not: the environment protects itself as if the whole store were lost", arguments: Fault.allCases)
    func writesOnly(fault: Fault) async throws {
        let outcome = try await tenMinutes(fault.fault, on: [.report, .change])
        print("writes \(fault): \(outcome.reached) calls reach the downstream, \(outcome.requests) requests, \(outcome.lines.count) lines")
        #expect(outcome.reached <= 25)
        #expect(outcome.requests <= 150)
        #expect(outcome.lines.count { $0.contains("store: lost") } == 1)
        #expect(outcome.lines.count { $0.contains("store: back") } == 0)
        #expect(outcome.lines.count <= 60)
    }

    @Test("all verbs lost: the same", arguments: Fault.allCases)
    func allVerbs(fault: Fault) async throws {
        let outcome = try await tenMinutes(fault.fault, on: Set(FaultyStore.Verb.allCases))
        print("all verbs \(fault): \(outcome.reached) calls reach the downstream, \(outcome.requests) requests, \(outcome.lines.count) lines")
        #expect(outcome.reached <= 25)
        #expect(outcome.requests <= 150)
        #expect(outcome.lines.count { $0.contains("store: lost") } == 1)
    }

    @Test("a trip that could not be written is written when the store can be written again, and the fleet obeys it", arguments: Fault.allCases)
    func owedTrip(fault: Fault) async throws {
        let fleet = try Fleet(2)
        await fleet[0].succeeds()
        await fleet[1].succeeds()
        fleet.store.inject(fault.fault, on: [.report, .change])
        for _ in 0..<3 { await fleet[0].fails() }
        #expect(await fleet[0].rejection() != nil)
        #expect(try await fleet.record().state == .closed)
        fleet.store.heal()
        fleet.clock.advance(by: .seconds(2))
        #expect(await fleet[0].rejection() != nil)
        #expect(try await fleet.record().state == .open)
        #expect(await fleet[1].rejection() != nil)
    }

    @Test("a read does not clear a failed write")
    func readsDoNotClear() async throws {
        let fleet = try Fleet()
        await fleet[0].succeeds()
        fleet.store.inject(.loseRequest, on: [.report, .change])
        await fleet[0].fails()
        fleet.ageViews()
        await fleet[0].fails()
        fleet.ageViews()
        await fleet[0].fails()
        let reads = fleet.store.requests(.read)
        #expect(await fleet[0].rejection() != nil)
        #expect(reads >= 2)
    }

    @Test("once all is well, writes that failed are forgotten, and healthy calls need the store no more than before")
    func recovers() async throws {
        let fleet = try Fleet()
        await fleet[0].succeeds()
        fleet.store.inject(.loseRequest, on: [.report, .change])
        await fleet[0].fails()
        fleet.ageViews()
        await fleet[0].fails()
        #expect(fleet[0].view.isStoreLost)
        fleet.store.heal()
        fleet.clock.advance(by: .seconds(5))
        #expect(await fleet[0].succeeds())
        #expect(!fleet[0].view.isStoreLost)
        let requests = fleet[0].counts.storeRequests
        for _ in 0..<100 { #expect(await fleet[0].succeeds()) }
        #expect(fleet[0].counts.storeRequests == requests)
    }

    @Test("reads work and writes do not: a circuit that everybody sees OPEN does not stay so for ever")
    func openForEver() async throws {
        let fleet = try Fleet(2)
        await fleet.trip()
        #expect(await fleet[1].rejection() != nil)
        fleet.store.inject(.refuse, on: [.report, .change])
        var admitted = 0
        for _ in 0..<120 {
            fleet.clock.advance(by: .seconds(1))
            if await fleet[1].succeeds() { admitted += 1 }
        }
        #expect(admitted >= 80)
    }
}
