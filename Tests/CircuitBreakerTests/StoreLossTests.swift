//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerTesting
import Testing

@Suite("Store loss")
struct StoreLossTests {
    func fleet(_ count: Int = 1, onStoreLoss: SharingPolicy.StoreLoss = .local) throws -> Fleet {
        try Fleet(count, .init(policy: .failures(3, within: .seconds(60)), sharing: .init(onStoreLoss: onStoreLoss)))
    }

    @Test("local: an environment that never saw the store protects itself")
    func localFromTheStart() async throws {
        let fleet = try fleet()
        fleet.store.inject(.refuse)
        for _ in 0..<3 { #expect(await fleet[0].fails()) }
        #expect(await fleet[0].rejection() != nil)
        // Its own probes come at times of their own, up to half an open time late.
        fleet.clock.advance(by: .seconds(15))
        #expect(await fleet[0].succeeds())
        #expect(await fleet[0].succeeds())
        #expect(fleet[0].view.state == .closed)
    }

    @Test("local: begins with what the fleet knew")
    func localFromShared() async throws {
        let fleet = try fleet(2)
        await fleet[0].fails()
        await fleet[0].fails()
        await fleet[1].succeeds()
        fleet.store.inject(.refuse)
        fleet.ageViews()
        await fleet[1].fails()
        #expect(await fleet[1].rejection() != nil)
    }

    @Test("local: opens even when the write that would trip the fleet fails")
    func tripFails() async throws {
        let fleet = try fleet()
        await fleet[0].succeeds()
        fleet.store.inject { verb, _ in verb == .change ? .loseRequest : nil }
        for _ in 0..<3 { await fleet[0].fails() }
        #expect(await fleet[0].rejection() != nil)
        #expect(try await fleet.record().state == .closed)
        fleet.store.heal()
        fleet.clock.advance(by: .seconds(2))
        #expect(await fleet[0].rejection() != nil)
        #expect(try await fleet.record().state == .open)
    }

    @Test("failures counted alone reach the fleet when the store is back")
    func reconciliation() async throws {
        let fleet = try fleet(2)
        await fleet[0].succeeds()
        fleet.store.inject(.refuse)
        fleet.ageViews()
        await fleet.trip()
        fleet.store.heal()
        fleet.clock.advance(by: .seconds(2))
        // The first call tries the store without waiting, the second tells it.
        #expect(await fleet[0].rejection() != nil)
        #expect(await fleet[0].rejection() != nil)
        #expect(try await fleet.record().state == .open)
        #expect(await fleet[1].rejection() != nil)
    }

    @Test("allow, reject and lastKnown do what they say", arguments: SharingPolicy.StoreLoss.allCases)
    func policies(policy: SharingPolicy.StoreLoss) async throws {
        let open = try fleet(onStoreLoss: policy)
        await open.trip()
        open.store.inject(.refuse)
        open.ageViews()
        // One failure is not a loss yet.
        #expect(await open[0].rejection() != nil)
        open.ageViews()
        // Nor does the call that tries the store again wait to learn that it is.
        #expect(await open[0].rejection() != nil)
        #expect(await open[0].succeeds() == (policy == .allow))
        open.clock.advance(by: .seconds(20))
        #expect(await open[0].succeeds() == (policy != .reject))

        let closed = try fleet(onStoreLoss: policy)
        await closed[0].succeeds()
        closed.store.inject(.refuse)
        closed.ageViews()
        #expect(await closed[0].succeeds() == (policy != .reject))
        if policy == .reject { #expect(await closed[0].rejection()?.reason == .storeLost) }
    }

    @Test("I7: a store that hangs delays a call by storeTimeout once, and then none until it is tried again")
    func hangingStore() async throws {
        let fleet = try fleet()
        let gate = Gate()
        fleet.store.inject(.hold(gate))
        let task = Task { await fleet[0].succeeds() }
        await gate.untilHolding()
        await fleet.clock.untilSleeping(1)
        fleet.clock.advance(by: .milliseconds(499))
        #expect(fleet[0].counts.succeeded == 0)
        fleet.clock.advance(by: .milliseconds(1))
        #expect(await task.value)
        for _ in 0..<100 { #expect(await fleet[0].succeeds()) }
        #expect(fleet.store.requests(.read) == 1)
        fleet.clock.advance(by: .seconds(1))
        let second = Task { await fleet[0].succeeds() }
        await gate.untilHolding(2)
        // Only one call tries the store; the others do not wait for it.
        for _ in 0..<100 { #expect(await fleet[0].succeeds()) }
        await fleet.clock.untilSleeping(1)
        fleet.clock.advance(by: .milliseconds(500))
        #expect(await second.value)
        fleet.clock.advance(by: .milliseconds(1999))
        #expect(await fleet[0].succeeds())
        #expect(fleet.store.requests(.read) == 2)
        gate.open()
    }

    @Test("throttling lengthens the life of a view instead of asking again")
    func throttling() async throws {
        let fleet = try fleet()
        await fleet[0].succeeds()
        fleet.store.inject(.throttle)
        fleet.ageViews()
        #expect(await fleet[0].succeeds())
        let asked = fleet.store.requests(.read)
        for _ in 0..<9 {
            fleet.clock.advance(by: .milliseconds(100))
            #expect(await fleet[0].succeeds())
        }
        #expect(fleet.store.requests(.read) == asked)
        #expect(!fleet[0].view.isStoreLost)
    }

    @Test("throttled again and again, an environment asks ever more seldom, each at a time of its own")
    func throttlingAgain() async throws {
        let fleet = try fleet(20)
        for breaker in fleet.breakers { await breaker.succeeds() }
        fleet.store.inject(.throttle)
        var asked: [[Int]] = Array(repeating: [], count: 20)
        for tick in 0..<160 {
            fleet.clock.advance(by: .milliseconds(100))
            for (number, breaker) in fleet.breakers.enumerated() {
                let before = breaker.counts.storeRequests
                #expect(await breaker.succeeds())
                if breaker.counts.storeRequests > before { asked[number].append(tick) }
            }
        }
        // A view is good for its age, then for 1 to 2 ages more, then for 2 to 4, each time with an age of grace.
        for times in asked {
            #expect(times.count >= 3)
            guard times.count >= 3 else { continue }
            #expect((20...32).contains(times[1] - times[0]) && (30...52).contains(times[2] - times[1]), "\(times)")
        }
        #expect(Set(asked.map { $0.dropFirst().first ?? 0 }).count >= 5, "they come back together")
    }

    @Test("I1: while reads are throttled, each failure is reported before its call returns, and opens the circuit")
    func throttledReads() async throws {
        let fleet = try fleet(2)
        for breaker in fleet.breakers { await breaker.succeeds() }
        fleet.store.inject(.throttle, on: [.read])
        fleet.ageViews()
        for number in 1...2 {
            #expect(await fleet[0].fails())
            #expect(try await fleet.record().window.buckets.reduce(0) { $0 + $1.tally.failures } == number)
        }
        #expect(await fleet[1].fails())
        #expect(try await fleet.record().state == .open)
        #expect(await fleet[1].rejection() != nil)
        // The other one learns of it from its next report, since it can read no more than before.
        #expect(await fleet[0].fails())
        #expect(await fleet[0].rejection() != nil)
    }

    @Test("local: throttled for too long, an environment protects itself with what it could not report")
    func throttledForLong() async throws {
        let fleet = try fleet()
        await fleet[0].succeeds()
        fleet.store.inject(.throttle)
        for _ in 0..<300 {
            fleet.clock.advance(by: .milliseconds(100))
            await fleet[0].fails()
        }
        #expect(fleet[0].view.isStoreLost)
        #expect(await fleet[0].rejection() != nil)
        fleet.store.heal()
        fleet.clock.advance(by: .seconds(20))
        await fleet[0].fails()
        await fleet[0].fails()
        #expect(!fleet[0].view.isStoreLost)
    }

    // Until the open time is over: after that, whoever cannot read the record probes on its own.
    @Test(
        "I6: while requests are throttled, few calls reach a dead downstream after the circuit has opened",
        arguments: [([.read], 1), ([.read, .report, .change], 3)] as [(Set<FaultyStore.Verb>, Int)]
    )
    func throttledAfterTheTrip(verbs: Set<FaultyStore.Verb>, calls: Int) async throws {
        let fleet = try fleet(2)
        await fleet[1].succeeds()
        await fleet.trip()
        fleet.store.inject(.throttle, on: verbs)
        let start = fleet.clock.now
        var (reached, last) = (0, Duration.zero)
        for _ in 0..<100 {
            if await fleet[1].fails() { (reached, last) = (reached + 1, start.duration(to: fleet.clock.now)) }
            fleet.clock.advance(by: .milliseconds(100))
        }
        print("throttled: \(reached) calls reach the downstream after the circuit has opened, the last \(last) after it")
        #expect(reached <= calls && last <= .seconds(1))
    }

    @Test("a lost reply to the trip: the next read shows it as this environment's own")
    func lostReply() async throws {
        let fleet = try fleet()
        await fleet[0].succeeds()
        let events = fleet[0].events()
        fleet.store.inject { verb, _ in verb == .change ? .loseReply : nil }
        for _ in 0..<3 { await fleet[0].fails() }
        #expect(try await fleet.record().state == .open)
        fleet.store.heal()
        fleet.clock.advance(by: .seconds(2))
        _ = await fleet[0].rejection()
        for await event in events {
            guard case .stateChanged(let change) = event, change.epoch != nil else { continue }
            #expect(change.to == .open && change.isOwn)
            break
        }
    }

    @Test("a lost reply to the taking of a slot: the next call uses it")
    func lostSlot() async throws {
        let fleet = try fleet(2)
        await fleet.trip()
        fleet.clock.advance(by: .seconds(10))
        fleet.store.inject { verb, _ in verb == .change ? .loseReply : nil }
        _ = await fleet[0].succeeds()
        fleet.store.heal()
        fleet.clock.advance(by: .seconds(2))
        #expect(await fleet[0].succeeds())
        #expect(try await fleet.record().successCount == 1)
    }

    @Test("a stale read does not move a view back: the answer is asked for again, consistently")
    func staleRead() async throws {
        let fleet = try fleet(2)
        await fleet.trip()
        fleet.store.inject(.stale, on: [.read])
        fleet.ageViews()
        let reads = fleet.store.requests(.read)
        #expect(await fleet[0].rejection() != nil)
        #expect(fleet.store.requests(.read) == reads + 2)
    }

    @Test("a record that an operator deleted is a fresh CLOSED circuit, for those who knew it as well")
    func deleted() async throws {
        let fleet = try fleet(2)
        await fleet.trip()
        fleet.memory.delete("test")
        fleet.ageViews()
        #expect(await fleet[0].succeeds())
        #expect(await fleet[1].succeeds())
    }

    @Test("the next failure after a throttled report brings what it held")
    func throttledReport() async throws {
        let fleet = try fleet()
        await fleet[0].succeeds()
        fleet.store.inject(.throttle, on: [.report])
        await fleet[0].fails()
        await fleet[0].fails()
        fleet.store.heal()
        fleet.clock.advance(by: .seconds(5))
        await fleet[0].fails()
        #expect(try await fleet.record().state == .open)
    }
}
