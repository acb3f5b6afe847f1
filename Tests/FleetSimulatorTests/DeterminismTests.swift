//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import FleetSimulator
import Testing

@Suite struct DeterminismTests {
    @Test func theSameSeedGivesTheSameRunAndAnotherSeedAnother() throws {
        var scenario = try #require(Scenario.preset("outage"))
        scenario.duration = 90_000
        scenario.arrivals = .poisson(perSecond: 200)
        scenario.fleet.environments = 50
        scenario.fleet.warm = 50
        let runs = try [Simulation(scenario).run(.sharedCircuit), Simulation(scenario).run(.sharedCircuit)]
        #expect(runs[0] == runs[1])
        scenario.seed += 1
        #expect(try Simulation(scenario).run(.sharedCircuit) != runs[0])
    }
}
