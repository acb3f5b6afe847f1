//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import FleetSimulator
import Testing

@Suite struct DeterminismTests {
    @Test(arguments: Algorithm.allCases)
    func theSameSeedGivesTheSameBytesAndAnotherSeedOthers(algorithm: Algorithm) throws {
        var scenario = Scenario.outage
        scenario.duration = 90_000
        scenario.arrivals = .poisson(perSecond: 100)
        scenario.fleet = Fleet(environments: 50, warm: 10, routing: .random, lifetime: 30_000, killShare: 0.01)
        scenario.store.lostReplies = 0.02
        scenario.circuit.recovery.probes = 3
        let first = try Simulation(scenario).compare([algorithm]).json()
        #expect(try Simulation(scenario).compare([algorithm]).json() == first)
        scenario.seed += 1
        #expect(try Simulation(scenario).compare([algorithm]).json() != first)
    }

    @Test func progressIsToldOncePerSecondUpToTheWhole() throws {
        var scenario = Scenario.outage
        scenario.duration = 2500
        scenario.arrivals = .steady(perSecond: 10)
        var shares: [Double] = []
        _ = try Simulation(scenario).run(.none) { shares.append($0) }
        #expect(shares == [0.4, 0.8, 1])
    }
}
