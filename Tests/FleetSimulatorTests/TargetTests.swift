//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import Testing

@testable import FleetSimulator

// What the project promises of a fleet, against the best of the others in the same world.
@Suite struct TargetTests {
    // A trip takes failures that are a share of the calls of a few round trips to the store, at least the threshold's, those under way meanwhile, and at most one more of each environment whose view is still young.
    @Test(arguments: Fleet.Routing.allCases)
    func anOutageOfTwoMinutesForAThousandEnvironments(routing: Fleet.Routing) throws {
        let scenario = Scenario.outage.with {
            $0.duration = 240_000
            $0.fleet.routing = routing
            if routing == .mostRecentlyUsed { $0.fleet.warm = 0 }
        }
        let runs = try Simulation(scenario).compare().runs.map(\.figures)
        let ours = runs[0]
        let best = try #require(runs.dropFirst().map(\.callsWhileDown).min())
        // On a few environments that are used again and again the others that count alone soon have enough, too.
        #expect(ours.callsWhileDown * (routing == .random ? 10 : 3) <= best, "\(ours.callsWhileDown), the best other \(best)")
        #expect(ours.callsWhileDown <= (routing == .random ? 1100 : 140))
        // 1,082 and 139 with this seed; as Lambda routes no more than it costs by itself to learn of the outage from a record.
        if routing == .mostRecentlyUsed { #expect(try ours.callsWhileDown <= #require(ours.callsToLearn)) }
        #expect(ours.mostProbes == 1)
        #expect(try #require(ours.timeUntilClosed) <= #require(ours.openTimeLeft) + 2000)
        // A probe may come just when the downstream is back, long before it is whole: 1.29 with this seed.
        #expect(try #require(ours.highestLoad) <= (routing == .random ? 1 : 1.3))
        #expect(try #require(runs[1].highestLoad) > 2)
        #expect(ours.falseTrips == 0)
        #expect(ours.trips == 1)

        let other = runs[3]
        let requests = try (#require(ours.storeRequestsPer1000HealthyCalls), #require(other.storeRequestsPer1000HealthyCalls))
        let dollars = try (#require(ours.dollarsPerMillionHealthyCalls), #require(other.dollarsPerMillionHealthyCalls))
        // At random over a thousand environments each sees two calls a second, so that every third call finds its view too old.
        let factor = routing == .random ? 5.0 : 20
        #expect(requests.0 * factor <= requests.1)
        #expect(dollars.0 * (routing == .random ? 15 : 20) <= dollars.1)
    }

    private func rate(errors: Double, perSecond: Double, environments: Int, duration: Milliseconds = 3_600_000) -> Scenario {
        Scenario(
            name: "rate",
            duration: duration,
            arrivals: .poisson(perSecond: perSecond),
            fleet: Fleet(environments: environments, warm: environments, routing: .random),
            downstream: DownstreamPlan(phases: [.init(.failing(share: errors), from: 0, until: duration)]),
            circuit: CircuitSettings(policy: .failureRate(0.5, minimumCalls: 20, within: .seconds(60)))
        )
    }

    @Test(arguments: [1, 10])
    func oneErrorInAHundredAtTenCallsASecondTripsNothingInAnHour(environments: Int) throws {
        let figures = try Simulation(rate(errors: 0.01, perSecond: Double(environments) * 10, environments: environments * 2)).run(.sharedCircuit)
            .figures
        #expect(figures.trips == 0)
        #expect(figures.rejected == 0)
    }

    @Test(arguments: [20, 100, 300])
    func twentyErrorsInAHundredAtTwoCallsAMinuteTripNothingInAnHour(environments: Int) throws {
        let scenario = rate(errors: 0.2, perSecond: Double(environments) / 30, environments: environments)
        let figures = try Simulation(scenario).run(.sharedCircuit).figures
        #expect(figures.trips == 0)
    }

    @Test(arguments: [20, 100, 1000], [UInt64(1), 2, 3])
    func atNothingButErrorsAndTwoCallsAMinuteItTripsWithinTwiceTheMinimumOfCalls(environments: Int, seed: UInt64) throws {
        let scenario = rate(errors: 1, perSecond: Double(environments) / 30, environments: environments, duration: 300_000).with { $0.seed = seed }
        let figures = try Simulation(scenario).run(.sharedCircuit).figures
        #expect(try #require(figures.failuresUntilTrip) <= 40)
    }

    // Five failures of thousands of calls come within a third of a second, while nobody has reported how many calls there are.
    @Test(arguments: [1000, 10_000], [UInt64(1), 2, 3])
    func aFleetThatBeginsAtOnceDoesNotTripByAFewFailures(environments: Int, seed: UInt64) throws {
        let scenario = rate(errors: 0.001, perSecond: 20_000, environments: environments, duration: 2000).with {
            $0.seed = seed
            $0.fleet.warm = 1000
            $0.downstream.capacity = 1_000_000
            $0.circuit = CircuitSettings(policy: .failures(5, within: .seconds(60)))
        }
        let figures = try Simulation(scenario).run(.sharedCircuit).figures
        #expect(figures.failed > 10)
        #expect(figures.trips == 0)
    }

    // With limits so low that a thousand environments exceed those of reads, as a hundred thousand exceed DynamoDB's, and leave those of writes alone.
    @Test(arguments: [UInt64(1), 2, 3])
    func aRecordKnowsTheFailuresOfAFleetWhoseReadsAreThrottled(seed: UInt64) throws {
        let scenario = rate(errors: 0.01, perSecond: 1000, environments: 1000, duration: 90_000).with {
            $0.seed = seed
            $0.store.limits = .init(readUnits: 30)
        }
        let run = try Simulation(scenario).run(.sharedCircuit)
        let failed = run.seconds.suffix(60).reduce(0) { $0 + $1.failed }
        let known = try #require(run.seconds.last).countedFailures
        #expect(run.figures.storeThrottled > 10_000)
        #expect(known * 20 >= failed * 19, "\(known) of \(failed)")
    }
}
