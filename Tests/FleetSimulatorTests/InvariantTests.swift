//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import Testing

@testable import FleetSimulator

// The invariants hold in every run; and a store that breaks one is found out, so that they can fail.
@Suite struct InvariantTests {
    // Whatever chance has in store: deaths, recycling, lost requests and replies, old reads, clocks apart, slow stores, small tables.
    @Test(arguments: 0..<56)
    func holdWhateverGoesWrong(seed: Int) throws {
        var scenario = Scenario.presets[seed % 7]
        let n = seed / 7
        scenario.seed = UInt64(seed)
        scenario.duration = 240_000
        scenario.arrivals = .poisson(perSecond: [3, 20, 60][n % 3])
        scenario.fleet = Fleet(
            environments: [3, 12, 40][n % 3],
            routing: n % 2 == 0 ? .random : .mostRecentlyUsed,
            lifetime: n % 4 == 0 ? 20_000 : nil,
            idleTime: n % 5 == 0 ? 2000 : nil,
            killShare: n % 2 == 0 ? 0.02 : 0
        )
        scenario.store.lostRequests = n % 3 == 1 ? 0.02 : 0
        scenario.store.lostReplies = n % 3 == 2 ? 0.02 : 0
        scenario.store.clockSkew = [0, 20, 900, 1000][n % 4]
        (scenario.store.staleReads, scenario.store.staleness) = (0.5, 400)
        if n % 4 == 3 { scenario.store.latency = Latency(minimum: 2, median: 100, p99: 600, maximum: 1000) }
        if n % 4 == 2 { scenario.store.limits = .init(writeUnits: 10, readUnits: 10) }
        scenario.circuit.recovery.probes = n % 3 == 2 ? 3 : 1
        scenario.circuit.recovery.lease = .milliseconds(n % 4 == 1 ? 1000 : 10_000)
        let run = try Simulation(scenario).run(.sharedCircuit)
        #expect(run.figures.calls > 0)
    }

    private func outage() -> Scenario {
        .small(.poisson(perSecond: 60), environments: 12, duration: 120_000).with {
            $0.downstream.phases = [.init(.dead, from: 5000, until: 60_000)]
        }
    }

    // What the witness says of a run over a store that does something else.
    private func violation(of scenario: Scenario, _ verbs: StoreVerbs) throws -> Violation {
        var algorithm = try SharedCircuit(scenario)
        algorithm.verbs = verbs
        var world = World(scenario, algorithm)
        do {
            try world.run { _ in }
        } catch {
            guard case .violation(let violation) = error else { throw error }
            return violation
        }
        throw Unnoticed()
    }

    private struct Unnoticed: Error {}

    @Test func nothingIsSaidOfAStoreThatKeepsItsWord() throws {
        #expect(throws: Unnoticed.self) { try violation(of: outage(), StoreVerbs()) }
    }

    @Test func i1AFailureIsLost() throws {
        let verbs = StoreVerbs(report: { record, report in
            let before = record.window
            guard record.apply(report) else { return false }
            record.window = before
            return true
        })
        let found = try violation(of: outage(), verbs)
        #expect(found.invariant == "I1")
        #expect((5000..<6000).contains(found.time))
    }

    @Test func i2AChangeIsMadeWhateverTheEpoch() throws {
        let scenario = outage().with { $0.fleet.environments = 12 }
        let verbs = StoreVerbs(change: { record, change in
            var change = change
            change.condition = .init(slot: change.condition.slot.map { .init(index: $0.index, contents: record.slots[$0.index]) })
            return record.apply(change)
        })
        #expect(try ["I2", "I4"].contains(violation(of: scenario, verbs).invariant))
    }

    @Test func i3ASlotIsGivenToEveryone() throws {
        let verbs = StoreVerbs(change: { record, change in
            var change = change
            if case .takeSlot = change.target, let slot = change.condition.slot {
                change.condition.slot = .init(index: slot.index, contents: record.slots[slot.index])
            }
            return record.apply(change)
        })
        // Several ask for the slot at once.
        let scenario = outage().with {
            $0.arrivals = .poisson(perSecond: 400)
            $0.fleet = Fleet(environments: 60, warm: 60, routing: .random)
            $0.circuit.recovery.successesToClose = 5
            $0.store.staleReads = 1
            $0.store.staleness = 2000
        }
        #expect(try violation(of: scenario, verbs).invariant == "I3")
    }

    @Test func i4AReportOfAnotherEpochIsAdded() throws {
        let verbs = StoreVerbs(report: { record, report in
            var report = report
            report.epoch = record.epoch
            if record.apply(report) { return true }
            for bucket in report.buckets { record.window.add(bucket) }
            return true
        })
        #expect(try violation(of: outage(), verbs).invariant == "I4")
    }

    @Test func i5ASlotIsHeldForTooLong() throws {
        let verbs = StoreVerbs(change: { record, change in
            var change = change
            if case .transition(var transition) = change.target, let expiry = transition.leaseEnd {
                transition.leaseEnd = Timestamp(milliseconds: expiry.milliseconds + 60_000)
                change.target = .transition(transition)
            }
            return record.apply(change)
        })
        #expect(try violation(of: outage(), verbs).invariant == "I5")
    }

    @Test func i5HalfOpenNeverEnds() throws {
        let verbs = StoreVerbs(change: { record, change in
            guard case .countSuccess = change.target else { return record.apply(change) }
            return record.apply(CircuitChange(.releaseSlot(isUnused: false), if: change.condition))
        })
        let scenario = outage().with {
            $0.downstream.phases = [.init(.dead, from: 5000, until: 10_000)]
            $0.circuit.recovery.lease = .seconds(1)
        }
        let found = try violation(of: scenario, verbs)
        #expect(found.invariant == "I5")
        #expect(found.what.contains("HALF-OPEN lasts"))
    }

    @Test func i6ReadsShowWhatWasLongAgo() throws {
        let verbs = StoreVerbs(read: { _ in CircuitRecord() })
        // One environment fails and opens; the others read that all is well.
        #expect(try violation(of: outage(), verbs).invariant == "I6")
    }

    @Test func aViolationTellsItsStory() throws {
        let found = try violation(of: outage(), StoreVerbs(read: { _ in CircuitRecord() }))
        #expect(found.story.contains { $0.contains("CLOSED to OPEN") })
        #expect("\(SimulationError.violation(found))".hasPrefix("I6 does not hold at "))
    }
}
