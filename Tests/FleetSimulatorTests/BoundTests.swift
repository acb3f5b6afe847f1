//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import Testing

@testable import FleetSimulator

// What figures are to be compared with: what no breaker could do better.
@Suite struct BoundTests {
    private func outage() -> Scenario {
        .small(.steady(perSecond: 100), environments: 50, duration: 60_000).with { $0.downstream.phases = [.init(.dead, from: 5000, until: 20_000)] }
    }

    // Five failures open it; two calls arrive within two round trips of 10 ms; four of 40 ms are under way when the downstream dies.
    @Test(arguments: [1, 2]) func whatItCostsToLearnOfAnOutage(outages: Int) throws {
        let scenario = outage().with { if outages > 1 { $0.downstream.phases.append(.init(.dead, from: 40_000, until: 41_000)) } }
        let figures = try Simulation(scenario).run(.sharedCircuit).figures
        guard outages == 1 else { return #expect(figures.callsToLearn == nil) }
        let probes = figures.callsWhileDown - (figures.failuresUntilTrip ?? 0)
        #expect(try #require(figures.callsToLearn) >= 5 + 2 + 4)
        #expect(try #require(figures.callsToLearn) <= 5 + 2 + 4 + probes)
        #expect(try Simulation(scenario).run(.perProcess).figures.callsToLearn == nil)
    }

    // A tenth of 200 calls a second when it comes back, all of them 40 s later: 99 calls a second after 17.6 s.
    @Test func whenTheDownstreamCanAnswer() throws {
        let scenario = outage().with {
            $0.downstream.capacity = 200
            $0.downstream.warmup = .init(capacityShare: 0.1, time: 40_000)
            $0.circuit.recovery.ramp = .seconds(30)
        }
        let figures = try Simulation(scenario).run(.sharedCircuit).figures
        #expect(try abs(#require(figures.timeUntilAble) - 17_600) <= 200)
        // None while it is down, all in the other 45 s but for what it cannot answer: 80 a second at first, none after 17.8 s.
        #expect(abs(figures.answerable - (4500 - 80 * 178 / 20)) <= 40)
        #expect(figures.rejectedByRamp > 500)
    }

    @Test func theMostFailuresOfASecond() throws {
        let scenario = outage().with { $0.downstream.phases = [.init(.failing(share: 1), from: 5500, until: 7500)] }
        let figures = try Simulation(scenario).run(.none).figures
        #expect(figures.mostFailures == 100)
        #expect(figures.failed == 200)
    }
}
