//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerTesting
import Testing

// Every form of a call goes by the pass while all is well, and counts as it would through the session.
@Suite("The healthy path")
struct HealthyPathTests {
    private func fleet(_ configuration: CircuitBreaker.Configuration = .init(policy: .failures(3, within: .seconds(60)))) async throws -> Fleet {
        let fleet = try Fleet(1, configuration)
        await fleet[0].succeeds()
        return fleet
    }

    @Test("a deadline, a timeout, a permit and a slow-call policy ask the store for nothing and are counted")
    func everyForm() async throws {
        let policy = TripPolicy.failures(3, within: .seconds(60)).orSlowCalls(0.5, longerThan: .seconds(1), minimumCalls: 10)
        for configuration in [CircuitBreaker.Configuration(policy: policy), .init(policy: policy, timeout: .seconds(5))] {
            let fleet = try await fleet(configuration)
            let breaker = fleet[0]
            let deadline = fleet.clock.now.advanced(by: .seconds(30))
            let requests = breaker.counts.storeRequests
            #expect(try await breaker.run { 1 } == 1)
            #expect(try await breaker.run(deadline: deadline) { 2 } == 2)
            #expect(try await breaker.run(timeout: .seconds(2)) { 3 } == 3)
            #expect(
                try await breaker.run(deadline: deadline) {
                    4
                } fallback: { _ in
                    0
                } == 4
            )
            #expect(try await breaker.result(of: { 5 }).get() == 5)
            try await breaker.permit().succeed()
            #expect(breaker.counts.succeeded == 7 && breaker.counts.storeRequests == requests)
        }
    }

    @Test("a slow success of the healthy path is counted as slow and reported")
    func slow() async throws {
        let policy = TripPolicy.failures(30, within: .seconds(60)).orSlowCalls(0.5, longerThan: .seconds(1), minimumCalls: 100)
        let fleet = try await fleet(.init(policy: policy))
        let clock = fleet.clock
        try await fleet[0].run { clock.advance(by: .milliseconds(900)) }
        #expect(fleet[0].counts.slow == 0)
        try await fleet[0].refresh()
        try await fleet[0].run { clock.advance(by: .milliseconds(1001)) }
        #expect(fleet[0].counts.slow == 1)
        #expect(try await fleet.record().window.buckets.reduce(0) { $0 + $1.tally.slowCalls } == 1)
    }

    @Test("I4: successes that were admitted before a trip do not count in the next epoch", arguments: [true, false])
    func lateSuccesses(withPermits: Bool) async throws {
        let fleet = try await fleet(.init(policy: .failureRate(0.5, minimumCalls: 10, within: .seconds(60))))
        let gate = Gate()
        // A hundred calls begin while all is well …
        let tasks = (0..<100).map { _ in
            Task { [fleet] in
                guard withPermits else {
                    _ = try? await fleet[0].run { await gate.pass() }
                    return
                }
                guard let permit = try? await fleet[0].permit() else { return }
                await gate.pass()
                await permit.succeed()
            }
        }
        await gate.untilHolding(100)
        for _ in 0..<12 { await fleet[0].fails() }
        #expect(try await fleet.record().state == .open)
        // … and succeed after the circuit was reset.
        try await fleet[0].reset(by: "test")
        let before = fleet[0].counts.succeeded
        gate.open()
        for task in tasks { await task.value }
        #expect(fleet[0].counts.succeeded == before + 100)
        for _ in 0..<12 { await fleet[0].fails() }
        #expect(try await fleet.record().state == .open)
    }

    // With the system's threads as they are: each has a count and a rejection of its own.
    @Test("what many threads do at once is counted to the last call, and each is rejected for the same reason")
    func manyThreads() async throws {
        let fleet = try await fleet()
        let breaker = fleet[0]
        let before = breaker.counts
        await withDiscardingTaskGroup { group in
            for _ in 0..<64 { group.addTask { for _ in 0..<500 { await breaker.succeeds() } } }
        }
        #expect(breaker.counts.succeeded == before.succeeded + 64 * 500)
        #expect(breaker.counts.storeRequests == before.storeRequests)
        try await breaker.forceOpen(for: nil, by: "test", why: "many threads")
        let expected = try #require(await breaker.rejection())
        let rejections = await withTaskGroup(of: [Rejection].self) { group in
            for _ in 0..<64 {
                group.addTask {
                    var rejections: [Rejection] = []
                    for _ in 0..<500 {
                        if let rejection = await breaker.rejection() { rejections.append(rejection) }
                    }
                    return rejections
                }
            }
            return await group.reduce([], +)
        }
        #expect(rejections.count == 64 * 500)
        #expect(rejections.allSatisfy { $0 == expected })
        #expect(breaker.counts.rejected == before.rejected + 64 * 500 + 1)
    }

    @Test("a listener hears each call of the healthy path, admitted and ended, in order")
    func listener() async throws {
        let fleet = try await fleet()
        let events = fleet[0].events()
        for _ in 0..<3 { await fleet[0].succeeds() }
        var heard: [String] = []
        for await event in events {
            switch event {
            case .admitted: heard.append("admitted")
            case .succeeded: heard.append("succeeded")
            default: heard.append("\(event)")
            }
            if heard.count == 6 { break }
        }
        #expect(heard == ["admitted", "succeeded", "admitted", "succeeded", "admitted", "succeeded"])
    }

    @Test("a rejection by the pass says how long it still lasts, by value and thrown")
    func rejection() async throws {
        let fleet = try await fleet()
        await fleet.trip()
        #expect(await fleet[0].rejection()?.retryAfter == .seconds(10))
        fleet.clock.advance(by: .milliseconds(400))
        #expect(await fleet[0].rejection()?.retryAfter == .milliseconds(9600))
        for wait in [9500, 9400, 9400] {
            if wait == 9500 || fleet[0].counts.rejected % 2 == 1 { fleet.clock.advance(by: .milliseconds(100)) }
            let error = await #expect(throws: CircuitBreakerError.self) { try await fleet[0].run { 1 } }
            #expect(try #require(error?.retryAfter) <= .milliseconds(wait))
        }
        let counts = fleet[0].counts
        #expect(counts.rejected == 5)
    }
}
