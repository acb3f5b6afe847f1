//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
@testable import FleetSimulator

extension Scenario {
    // A few environments, exact times, and nothing that goes wrong by itself.
    static func small(_ arrivals: Arrivals, environments: Int, duration: Milliseconds = 60_000) -> Scenario {
        Scenario(
            name: "small",
            duration: duration,
            arrivals: arrivals,
            fleet: Fleet(environments: environments, warm: environments, routing: .random),
            downstream: DownstreamPlan(latency: .exactly(40), failureLatency: .exactly(5)),
            store: StorePlan(latency: .exactly(10), staleReads: 0, staleness: 0, clockSkew: 0, limits: nil),
            circuit: CircuitSettings(policy: .failures(5, within: .seconds(60)), recovery: .init())
        )
    }

    func with(_ change: (inout Scenario) -> Void) -> Scenario {
        var copy = self
        change(&copy)
        return copy
    }
}

extension Arrivals {
    static func together(_ calls: Int, at time: Milliseconds = 0) -> Arrivals {
        .listed([Moment(time: time, calls: calls)])
    }
}
