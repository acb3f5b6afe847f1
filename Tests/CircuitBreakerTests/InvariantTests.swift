//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerTesting
import Synchronization
import Testing

@Suite("Invariants")
struct InvariantTests {
    @Test("I1: no failure is lost, 50 environments with 40 failures each at once")
    func failuresAddUp() async throws {
        let fleet = try Fleet(50, .init(policy: .failures(1_000_000, within: .seconds(60))))
        await withTaskGroup(of: Void.self) { group in
            for breaker in fleet.breakers {
                for _ in 0..<40 { group.addTask { await breaker.fails() } }
            }
        }
        #expect(try await fleet.record().window.buckets.reduce(0) { $0 + $1.tally.failures } == 2000)
    }

    @Test("I1: failures that were counted while a report was under way go with the next one")
    func failuresCoalesce() async throws {
        let fleet = try Fleet(1, .init(policy: .failures(1_000_000, within: .seconds(60))))
        await fleet[0].fails()
        let gate = Gate()
        fleet.store.inject { verb, number in verb == .report && number == 2 ? .hold(gate) : nil }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await fleet[0].fails() }
            await gate.untilHolding()
            for _ in 0..<30 { group.addTask { await fleet[0].fails() } }
            // All 30 calls have ended and wait for the report under way.
            while fleet[0].counts.failed < 32 { await Task.yield() }
            gate.open()
        }
        #expect(fleet.store.requests(.report) == 3)
        #expect(try await fleet.record().window.buckets.reduce(0) { $0 + $1.tally.failures } == 32)
    }

    @Test("I1: a report that was refused outright goes again, one whose fate is unknown does not")
    func failuresAreReportedOnce() async throws {
        let fleet = try Fleet(1, .init(policy: .failures(100, within: .seconds(60), share: 0)))
        await fleet[0].succeeds()
        fleet.store.inject(.refuse, on: [.report])
        await fleet[0].fails()
        #expect(try await fleet.record().window.buckets.isEmpty)
        fleet.store.heal()
        fleet.clock.advance(by: .seconds(2))
        await fleet[0].succeeds()
        #expect(try await fleet.record().window.buckets.map(\.tally.failures) == [1])

        fleet.store.inject(.loseReply, on: [.report])
        await fleet[0].fails()
        fleet.store.heal()
        fleet.clock.advance(by: .seconds(2))
        await fleet[0].succeeds()
        #expect(try await fleet.record().window.buckets.reduce(0) { $0 + $1.tally.failures } == 2)
        #expect(fleet[0].counts.uncertainOutcomes == 1)
    }

    @Test("I2: one change of state per epoch, 50 environments that see the trip at once")
    func oneTrip() async throws {
        let fleet = try Fleet(50)
        for breaker in fleet.breakers { await breaker.succeeds() }
        await withTaskGroup(of: Void.self) { group in
            for breaker in fleet.breakers { group.addTask { await breaker.fails() } }
        }
        let record = try await fleet.record()
        #expect(record.state == .open)
        #expect(fleet.breakers.reduce(0) { $0 + $1.counts.changesOfState } == 1)
        guard case .failures(let count, threshold: 3, within: .seconds(60), let calls?) = record.reason else {
            Issue.record("\(String(describing: record.reason))")
            return
        }
        #expect(count == record.shared.failureCount && calls >= count && count * 5 >= calls)
    }

    @Test("I3: one probe at a time, 50 environments at the next attempt", arguments: [1, 2, 3])
    func probesAtOnce(probes: Int) async throws {
        let fleet = try Fleet(50, .init(policy: .failures(3, within: .seconds(60)), recovery: .init(probes: probes, successesToClose: 10)))
        await fleet.trip()
        fleet.clock.advance(by: .seconds(10))
        let gate = Gate()
        let entered = Entries()
        await withTaskGroup(of: Void.self) { group in
            for breaker in fleet.breakers {
                group.addTask {
                    _ = try? await breaker.run {
                        entered.enter()
                        await gate.pass()
                    }
                }
            }
            await gate.untilHolding(probes)
            while fleet.breakers.reduce(0, { $0 + $1.counts.rejected }) < 50 - probes { await Task.yield() }
            #expect(entered.count == probes)
            gate.open()
        }
        #expect(try await fleet.record().successCount == probes)
    }

    @Test("I4: a slow success that began before the trip does not close the circuit")
    func lateSuccess() async throws {
        let fleet = try Fleet(2)
        let permit = try await fleet[1].permit()
        await fleet.trip()
        await permit.succeed()
        #expect(try await fleet.record().state == .open)
        fleet.ageViews()
        #expect(await fleet[1].rejection() != nil)
    }

    @Test("I4: a late failure of an earlier epoch reopens nothing and is counted as stale")
    func lateFailure() async throws {
        let fleet = try Fleet(2)
        let permit = try await fleet[1].permit()
        await fleet.trip()
        fleet.clock.advance(by: .seconds(10))
        await fleet[0].succeeds()
        await fleet[0].succeeds()
        #expect(try await fleet.record().state == .closed)
        await fleet[1].succeeds()
        await permit.fail(Broken())
        #expect(fleet[1].counts.staleOutcomes == 1)
        #expect(try await fleet.record().window.buckets.isEmpty)
    }

    @Test("I4: a probe of an earlier HALF-OPEN decides nothing in a later one, and frees its slot")
    func lateProbe() async throws {
        let fleet = try Fleet(2, .init(policy: .failures(3, within: .seconds(60)), recovery: .init(probes: 2, successesToClose: 2)))
        await fleet.trip()
        fleet.clock.advance(by: .seconds(10))
        let late = try await fleet[1].permit()
        await fleet[0].fails()
        #expect(try await fleet.record().state == .open)
        #expect(try await fleet.record().slots.count == 1)
        await late.succeed()
        #expect(try await fleet.record().state == .open)
        #expect(try await fleet.record().slots.isEmpty)
        #expect(fleet[1].counts.staleOutcomes == 1)
    }

    @Test("I5: a probe that dies holds its slot no longer than its lease and the clock skew")
    func deadProbe() async throws {
        let fleet = try Fleet(2)
        await fleet.trip()
        fleet.clock.advance(by: .seconds(10))
        let dead = try await fleet[0].permit()
        fleet.clock.advance(by: .milliseconds(10_999))
        #expect(await fleet[1].rejection()?.reason == .probing)
        fleet.clock.advance(by: .milliseconds(1))
        await fleet[1].succeeds()
        await fleet[1].succeeds()
        #expect(try await fleet.record().state == .closed)
        await dead.succeed()
        #expect(fleet[0].counts.staleOutcomes == 1)
    }

    @Test("I1: failures that meet a record which was deleted meanwhile count in the next one")
    func deletedRecord() async throws {
        let fleet = try Fleet(20, .init(policy: .failures(20, within: .seconds(60), share: 0)))
        try await fleet[0].reset(by: "test")
        for breaker in fleet.breakers { await breaker.succeeds() }
        #expect(try await fleet.record().epoch > .zero)
        fleet.memory.delete("test")
        for breaker in fleet.breakers { await breaker.fails() }
        #expect(fleet.breakers.allSatisfy { $0.counts.staleOutcomes == 0 })
        #expect(try await fleet.record().state == .open)
    }

    @Test("I3: of two processes that were restored from one snapshot, and so have one name and one past, one wins the slot")
    func restoredTwice() async throws {
        let fleet = try Fleet(1)
        await fleet.trip()
        let (configuration, name) = (fleet[0].configuration, EnvironmentID(rawValue: "twin"))
        let twins = try (0..<2).map { _ in
            try CircuitBreaker("test", store: fleet.memory, configuration: configuration, environment: name, clock: fleet.clock)
        }
        fleet.clock.advance(by: .seconds(10))
        for twin in twins { try await twin.refresh() }
        let probe = try await twins[0].permit()
        let isProbe = probe.isProbe
        #expect(isProbe)
        #expect(await twins[1].rejection()?.reason == .probing)
        await probe.succeed()
    }

    @Test("I5: probes that die again and again open the circuit")
    func deadProbes() async throws {
        let fleet = try Fleet(2)
        await fleet.trip()
        fleet.clock.advance(by: .seconds(10))
        for lost in 0..<4 {
            #expect(try await fleet.record().lostProbes == max(0, lost - 1))
            // After a lost write the call that tries the store again does not wait: it takes the slot for the next one.
            if lost > 0 { #expect(await fleet[0].rejection() != nil) }
            let dead = try await fleet[0].permit()
            fleet.store.inject(.loseRequest, on: [.change])
            await dead.succeed()
            fleet.store.heal()
            fleet.clock.advance(by: .seconds(20))
        }
        #expect(await fleet[1].rejection()?.reason == .open(.probesLost(count: 3)))
        #expect(try await fleet.record().consecutiveOpens == 1)
    }

    @Test("I6: after a trip, calls pass for at most maxViewAge, and none after the first refused report")
    func viewAge() async throws {
        let fleet = try Fleet(3)
        for breaker in fleet.breakers { await breaker.succeeds() }
        fleet.clock.advance(by: .milliseconds(400))
        await fleet.trip()
        fleet.clock.advance(by: .milliseconds(600))
        #expect(await fleet[1].succeeds())
        #expect(await fleet[2].fails())
        #expect(await fleet[2].rejection() != nil)
        fleet.clock.advance(by: .milliseconds(1))
        #expect(await fleet[1].rejection() != nil)
    }

    @Test("I6: a busy environment looks again anyway")
    func busyEnvironment() async throws {
        let fleet = try Fleet(2)
        var admitted = 0
        await fleet[1].succeeds()
        await fleet.trip()
        for _ in 0..<100 {
            fleet.clock.advance(by: .milliseconds(50))
            if await fleet[1].succeeds() { admitted += 1 }
        }
        #expect(admitted <= 20)
    }

    @Test("I8: a freeze of any length between admission and outcome breaks nothing", arguments: [1, 1001, 10_000, 11_001, 86_400_000] as [Int64])
    func freeze(milliseconds: Int64) async throws {
        let fleet = try Fleet(2)
        let frozen = try await fleet[1].permit()
        await fleet.trip()
        fleet.clock.advance(by: .milliseconds(milliseconds))
        await frozen.fail(Broken())
        let isDue = milliseconds >= 10_000
        #expect(await fleet[1].succeeds() == isDue)
        fleet.clock.advance(by: .seconds(10))
        for _ in 0..<2 { await fleet[1].succeeds() }
        #expect(try await fleet.record().state == .closed)
    }

    @Test("I8: a probe whose environment was frozen beyond the lease is not begun")
    func frozenProbe() async throws {
        let fleet = try Fleet(2)
        await fleet.trip()
        fleet.clock.advance(by: .seconds(10))
        let gate = Gate()
        fleet.store.inject { verb, _ in verb == .change ? .hold(gate) : nil }
        let ran = Entries()
        let frozen = Task { try? await fleet[0].run { ran.enter() } }
        await gate.untilHolding()
        fleet.store.heal()
        // Frozen while the request that takes the slot is on its way: the store's time limit is a timer, which stands still too.
        fleet.clock.advance(by: .milliseconds(499))
        gate.open()
        _ = await frozen.value
        #expect(ran.count <= 1)
        #expect(try await fleet.record().state == .halfOpen)
    }
}

final class Entries: Sendable {
    private let state = Mutex(0)
    var count: Int { state.withLock { $0 } }
    func enter() { state.withLock { $0 += 1 } }
}
