//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import Testing

@testable import FleetSimulator

// The model does what Powertools for Python 3.37 does by its source and by the model of its counting.
@Suite struct PowertoolsTests {
    // What is known is one run of a model each. The mean over many follows from how soon five of so many calls meet in one of so many environments.
    @Test(arguments: [(1, 5, 5.0), (10, 26, 21.86), (100, 149, 116.7), (1000, 980, 676.6)])
    func failedCallsBeforeTheTripWithCallsSpreadAtRandom(environments: Int, known: Int, expected: Double) throws {
        var counts: [Int] = []
        for seed in 0..<80 {
            let scenario = Scenario.small(.poisson(perSecond: 100), environments: environments, duration: 15_000).with {
                $0.seed = UInt64(seed)
                $0.downstream.failureLatency = .exactly(1)
                $0.store.latency = .exactly(1)
                $0.downstream.phases = [.init(.dead, from: 0, until: 15_000)]
            }
            counts.append(try #require(try Simulation(scenario).run(.powertools).figures.failuresUntilTrip))
        }
        let mean = Double(counts.reduce(0, +)) / Double(counts.count)
        #expect(abs(mean - expected) <= 0.08 * expected + 0.5, "\(mean) instead of \(expected)")
        let range = try #require(counts.min())...(try #require(counts.max()))
        #expect(range.contains(known), "\(known) is not within \(range)")
    }

    // 67 of a hundred were seen to lose an election: how many depends on how many call before the winner's call has ended.
    @Test(arguments: [1, 68, 100])
    func losersOfTheElectionKeepTheirCacheAndAskAgainAtEachCall(callers: Int) throws {
        let calls = [Arrivals.Moment(time: 0, calls: 100), .init(time: 3000, calls: callers), .init(time: 3020, calls: callers)]
        let scenario = Scenario.small(.listed(calls), environments: 100, duration: 5000).with { $0.downstream.latency = .exactly(100) }
        var world = World(scenario, Powertools(scenario))
        let openedAt = World<Powertools>.origin / 1000 - 8
        world.store.versions.replace(with: Powertools.Item(state: .open, openedAt: openedAt), at: 0)
        try world.run { _ in }
        #expect(world.record.figures.mostProbes == 1)
        let first = callers - 1
        let again = callers == 100 ? 99 : callers
        #expect(world.record.seconds[3].refusedWrites == first + again)
        #expect(world.record.seconds[3].writeUnits == Double(first + again + 1))
    }

    @Test func writesNothingWhileAllIsWellAndReadsOnceInFiveSeconds() throws {
        let scenario = Scenario.small(.steady(perSecond: 20), environments: 1, duration: 50_000)
        let seconds = try Simulation(scenario).run(.powertools).seconds
        #expect(seconds.reduce(0) { $0 + $1.writes } == 0)
        #expect((9...11).contains(seconds.reduce(0) { $0 + $1.reads }))
    }

    @Test func opensNothingWhenTheWriteOfTheTripFails() throws {
        let calls = (0..<5).map { Milliseconds($0) * 100 } + (0..<4).map { 30_000 + Milliseconds($0) * 100 }
        let scenario = Scenario.small(.listed(calls.map { .init(time: $0) }), environments: 1, duration: 40_000).with {
            $0.fleet.functionTimeout = 60_000
            $0.downstream.phases = [.init(.dead, from: 0, until: 60_000)]
            $0.store.outages = [.init(.refusing, from: 300, until: 29_000)]
        }
        let figures = try Simulation(scenario).run(.powertools).figures
        #expect(figures.failed == 9)
        #expect(figures.rejected == 0)
        #expect(figures.trips == 0)
    }
}
