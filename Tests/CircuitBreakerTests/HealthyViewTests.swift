//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerTesting
import Testing

// How old a view may be while all is well, and who waits for the store.
@Suite("Healthy views")
struct HealthyViewTests {
    // Environments that know a record in which nothing has failed.
    private func fleet(_ count: Int = 1, policy: TripPolicy = .failures(3, within: .seconds(60)), lookBeside: Duration = .zero) async throws -> Fleet {
        let fleet = try Fleet(count, .init(policy: policy, sharing: .init(lookBeside: lookBeside)), hasHealthyViews: true)
        fleet.memory.overwrite("test") { _ in }
        for breaker in fleet.breakers { #expect(await breaker.succeeds()) }
        return fleet
    }

    @Test("I6: a view of which all is well is good for maxHealthyViewAge, and none that shows a failure for longer than maxViewAge")
    func age() async throws {
        let fleet = try await fleet(2)
        let reads = fleet.store.requests(.read)
        fleet.clock.advance(by: .seconds(4))
        #expect(await fleet[0].succeeds())
        #expect(fleet.store.requests(.read) == reads)
        fleet.clock.advance(by: .milliseconds(1))
        #expect(await fleet[0].succeeds())
        #expect(fleet.store.requests(.read) == reads + 1)
        await fleet[0].fails()
        fleet.clock.advance(by: .milliseconds(1001))
        #expect(await fleet[0].succeeds())
        #expect(fleet.store.requests(.read) == reads + 2)
        fleet.clock.advance(by: .milliseconds(1000))
        #expect(await fleet[0].succeeds())
        #expect(fleet.store.requests(.read) == reads + 2)
    }

    @Test("a record that nobody has written yet is looked at again after maxViewAge: nobody knows what a share would be of")
    func newRecord() async throws {
        let fleet = try Fleet(1, hasHealthyViews: true)
        #expect(await fleet[0].succeeds())
        let requests = fleet[0].counts.storeRequests
        fleet.clock.advance(by: .milliseconds(1001))
        #expect(await fleet[0].succeeds())
        #expect(fleet[0].counts.storeRequests > requests)
    }

    @Test("a call beside which the record is read begins at once and returns when both have ended; the next one knows")
    func beside() async throws {
        let fleet = try await fleet(2, lookBeside: .seconds(300))
        for _ in 0..<3 { await fleet[0].fails() }
        #expect(try await fleet.record().state == .open)
        fleet.clock.advance(by: .seconds(5))
        let (looking, working) = (Gate(), Gate())
        fleet.store.inject(.hold(looking), on: [.read, .report])
        let call = Task { try? await fleet[1].run { await working.pass() } }
        await working.untilHolding()
        await looking.untilHolding()
        // Others do not wait meanwhile.
        #expect(await fleet[1].succeeds())
        looking.open()
        working.open()
        await call.value
        #expect(await fleet[1].rejection() != nil)
    }

    @Test("a try of a store that fails holds no call, and its answer is there for a later one")
    func tryHoldsNoCall() async throws {
        let fleet = try Fleet(1)
        await fleet[0].succeeds()
        fleet.store.inject(.loseRequest)
        fleet.ageViews()
        #expect(await fleet[0].succeeds())
        let gate = Gate()
        fleet.store.inject(.hold(gate))
        fleet.ageViews()
        // By a clock that stands still, a call that waited would never end.
        for _ in 0..<10 { #expect(await fleet[0].succeeds()) }
        await gate.untilHolding()
        gate.open()
        fleet.store.heal()
        while fleet[0].view.age != .zero { await Task.yield() }
        let requests = fleet[0].counts.storeRequests
        #expect(await fleet[0].succeeds())
        #expect(fleet[0].counts.storeRequests == requests)
    }

    @Test("alone, an environment opens its circuit at five failures where the fleet takes twenty, and the fleet's count no more than before")
    func alone() async throws {
        let fleet = try await fleet(policy: .failures(20, within: .seconds(60)))
        for _ in 0..<6 { #expect(await fleet[0].fails()) }
        fleet.store.inject(.refuse)
        fleet.ageViews()
        for _ in 0..<5 { #expect(await fleet[0].fails()) }
        #expect(await fleet[0].rejection() != nil)
    }

    @Test("alone, a share of its own calls must have failed too")
    func aloneWithShare() async throws {
        let fleet = try await fleet(policy: .failures(20, within: .seconds(60)))
        fleet.store.inject(.refuse)
        fleet.ageViews()
        for call in 0..<100 { #expect(call % 10 == 9 ? await fleet[0].fails() : await fleet[0].succeeds()) }
    }
}
