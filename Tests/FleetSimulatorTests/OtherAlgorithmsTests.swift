//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Testing

@testable import FleetSimulator

@Suite struct OtherAlgorithmsTests {
    @Test(arguments: [1, 10, 50])
    func eachProcessLearnsForItselfAndProbesForItself(environments: Int) throws {
        let scenario = Scenario.small(.poisson(perSecond: Double(environments) * 20), environments: environments, duration: 30_000).with {
            $0.downstream.phases = [.init(.dead, from: 0, until: 25_000)]
        }
        let figures = try Simulation(scenario).run(.perProcess).figures
        // Five failures each, and a probe each after 10 and after 20 s.
        #expect(figures.callsWhileDown == environments * 7)
        #expect(figures.trips == environments)
        #expect(figures.storeRequests == 0)
    }

    @Test func withoutABreakerEveryCallIsMade() throws {
        let scenario = Scenario.small(.steady(perSecond: 100), environments: 50, duration: 20_000).with {
            $0.downstream.phases = [.init(.dead, from: 5000, until: 15_000)]
        }
        let figures = try Simulation(scenario).run(.none).figures
        #expect(figures.callsWhileDown == 1000)
        #expect(figures.rejected == 0)
    }

    @Test func allAlgorithmsMeetTheSameCalls() throws {
        let scenario = Scenario.outage.with {
            $0.duration = 90_000
            $0.arrivals = .poisson(perSecond: 100)
            $0.fleet = Fleet(environments: 50, warm: 50, routing: .random)
        }
        let runs = try Simulation(scenario).compare().runs
        #expect(runs.map(\.algorithm) == Algorithm.allCases)
        for run in runs {
            #expect(run.seconds.map(\.arrived) == runs[0].seconds.map(\.arrived))
            let figures = run.figures
            let ended = figures.succeeded + figures.failed + figures.timedOut + figures.rejected + figures.turnedAway + figures.died
            #expect(ended + figures.unfinished == figures.calls, "\(run.algorithm)")
        }
    }
}
