//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

extension Scenario {
    /// All scenarios that have a name of their own.
    public static var presets: [Scenario] { [outage, brownout, flapping, slow, storeOutage, scaleOut, stampede] }

    /// The scenario of a name; nil: there is none.
    /// - Parameter name: as in ``presets``.
    /// - Returns: the scenario.
    public static func preset(_ name: String) -> Scenario? {
        presets.first { $0.name == name }
    }

    /// The downstream is dead for two minutes.
    public static var outage: Scenario {
        Scenario(
            name: "outage",
            summary: "The downstream is dead for two minutes, and comes back with a quarter of its capacity, whole after 20 s.",
            duration: 300_000,
            arrivals: .poisson(perSecond: 2000),
            fleet: Fleet(environments: 1000, warm: 1000, routing: .random),
            downstream: recovering([.init(.dead, from: 60_000, until: 180_000)])
        )
    }

    /// Six calls of ten fail.
    public static var brownout: Scenario {
        Scenario(
            name: "brownout",
            summary: "Six calls of ten fail for two minutes; the circuit opens at half of the calls.",
            duration: 300_000,
            arrivals: .poisson(perSecond: 500),
            fleet: Fleet(environments: 500, warm: 200, routing: .random),
            downstream: recovering([.init(.failing(share: 0.6), from: 60_000, until: 180_000)]),
            circuit: CircuitSettings(policy: .failureRate(0.5, minimumCalls: 20, within: .seconds(10)))
        )
    }

    /// The downstream dies and comes back, again and again.
    public static var flapping: Scenario {
        let phases = (0..<8).map { n in
            DownstreamPlan.Phase(.dead, from: 30_000 + Milliseconds(n) * 30_000, until: 45_000 + Milliseconds(n) * 30_000)
        }
        return Scenario(
            name: "flapping",
            summary: "The downstream is dead for 15 s of every 30 s.",
            duration: 360_000,
            arrivals: .poisson(perSecond: 500),
            fleet: Fleet(environments: 500, warm: 200),
            downstream: recovering(phases)
        )
    }

    /// The downstream answers, but too late.
    public static var slow: Scenario {
        Scenario(
            name: "slow",
            summary: "Calls take 40 times as long for two minutes, so that most callers give up after 2 s.",
            duration: 300_000,
            arrivals: .poisson(perSecond: 500),
            fleet: Fleet(environments: 2000, warm: 100),
            downstream: DownstreamPlan(capacity: 2600, phases: [.init(.slow(factor: 40), from: 60_000, until: 180_000)]),
            circuit: CircuitSettings(
                policy: .failures(20, within: .seconds(60)).orSlowCalls(0.5, longerThan: .seconds(1), minimumCalls: 20)
            )
        )
    }

    /// The store is lost just when the downstream dies.
    public static var storeOutage: Scenario {
        Scenario(
            name: "store-outage",
            summary: "The store does not answer for two minutes; the downstream is dead for the second of them.",
            duration: 300_000,
            arrivals: .poisson(perSecond: 500),
            fleet: Fleet(environments: 500, warm: 200),
            downstream: recovering([.init(.dead, from: 120_000, until: 180_000)]),
            store: StorePlan(outages: [.init(.silent, from: 60_000, until: 180_000)])
        )
    }

    /// The fleet grows tenfold while the downstream is dead.
    public static var scaleOut: Scenario {
        Scenario(
            name: "scale-out",
            summary: "Ten times the calls arrive while the downstream hangs, so that a new environment starts for most of them.",
            duration: 300_000,
            arrivals: .spike(perSecond: 200, peak: 2000, from: 65_000, until: 180_000),
            fleet: Fleet(environments: 5000, warm: 20),
            downstream: recovering([.init(.hanging, from: 60_000, until: 180_000)])
        )
    }

    /// The downstream comes back weak, and too many calls at once knock it down again.
    public static var stampede: Scenario {
        Scenario(
            name: "stampede",
            summary: "After one minute the downstream comes back with a tenth of its capacity, whole after 40 s; overload halves what it achieves.",
            duration: 300_000,
            arrivals: .poisson(perSecond: 2000),
            fleet: Fleet(environments: 4000, warm: 200),
            downstream: DownstreamPlan(
                capacity: 2600,
                overload: .init(longestWait: 4000, capacityShare: 0.5),
                warmup: .init(capacityShare: 0.1, time: 40_000),
                phases: [.init(.dead, from: 60_000, until: 120_000)]
            ),
            circuit: CircuitSettings(recovery: .init(ramp: .seconds(20)))
        )
    }

    private static func recovering(_ phases: [DownstreamPlan.Phase]) -> DownstreamPlan {
        DownstreamPlan(
            capacity: 2600,
            overload: .init(longestWait: 4000, capacityShare: 0.4),
            warmup: .init(capacityShare: 0.25, time: 20_000),
            phases: phases
        )
    }
}
