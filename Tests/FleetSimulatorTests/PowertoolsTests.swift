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
    @Test(arguments: [(1, 5.0), (10, 26), (100, 149), (1000, 980)])
    func failedCallsBeforeTheTripWithCallsSpreadAtRandom(environments: Int, known: Double) throws {
        let runs = environments == 1 ? 1 : 24
        var sum = 0
        for seed in 0..<runs {
            let scenario = Scenario.small(.poisson(perSecond: 100), environments: environments, duration: 30_000).with {
                $0.seed = UInt64(seed)
                $0.fleet.environments = environments
                $0.downstream.failureLatency = .exactly(1)
                $0.store.latency = .exactly(1)
                $0.downstream.phases = [.init(.dead, from: 0, until: 30_000)]
            }
            sum += try #require(try Simulation(scenario).run(.powertools).figures.failuresUntilTrip)
        }
        let mean = Double(sum) / Double(runs)
        #expect(abs(mean - known) <= max(0.5, known * 0.15), "\(mean) instead of \(known)")
    }

    @Test func losersOfTheElectionAskAgainAtEachCallAndPayForIt() throws {
        let scenario = Scenario.small(.steady(perSecond: 20), environments: 100, duration: 60_000).with {
            $0.downstream.phases = [.init(.dead, from: 0, until: 25_000)]
            $0.circuit.openTime = 30_000
            $0.circuit.successesToClose = 3
        }
        let figures = try Simulation(scenario).run(.powertools).figures
        // 67 were seen.
        #expect((40...100).contains(figures.refusedWrites), "\(figures.refusedWrites)")
        #expect(figures.mostProbes == 1)
    }

    @Test func writesNothingWhileAllIsWellAndReadsOnceInFiveSeconds() throws {
        let scenario = Scenario.small(.steady(perSecond: 20), environments: 1, duration: 50_000)
        let seconds = try Simulation(scenario).run(.powertools).seconds
        #expect(seconds.reduce(0) { $0 + $1.writes } == 0)
        #expect((9...11).contains(seconds.reduce(0) { $0 + $1.reads }))
    }

    @Test func opensNothingWhenTheWriteOfTheTripFails() throws {
        let scenario = Scenario.small(.steady(perSecond: 10), environments: 1, duration: 5000).with {
            $0.downstream.phases = [.init(.dead, from: 0, until: 60_000)]
            $0.store.outages = [.init(.refusing, from: 0, until: 60_000)]
        }
        let figures = try Simulation(scenario).run(.powertools).figures
        #expect(figures.rejected == 0)
        #expect(figures.failed >= 20)
    }
}
