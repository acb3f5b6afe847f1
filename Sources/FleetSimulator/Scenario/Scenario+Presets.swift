//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
extension Scenario {
    /// Two minutes in which the downstream is dead.
    public static var outage: Scenario {
        Scenario(
            name: "outage",
            summary: "The downstream is dead for two minutes and comes back with a quarter of its capacity, whole after 20 s.",
            duration: 300_000,
            arrivals: .poisson(perSecond: 2000),
            fleet: Fleet(environments: 1000, warm: 1000, routing: .random),
            downstream: DownstreamPlan(
                capacity: 2600,
                overload: .init(longestWait: 4000, capacityShare: 0.4),
                warmup: .init(capacityShare: 0.25, time: 20_000),
                phases: [.init(.dead, from: 60_000, until: 180_000)]
            )
        )
    }

    /// All scenarios that have a name of their own.
    public static var presets: [Scenario] { [outage] }

    /// The scenario of a name; nil: there is none.
    public static func preset(_ name: String) -> Scenario? {
        presets.first { $0.name == name }
    }
}
