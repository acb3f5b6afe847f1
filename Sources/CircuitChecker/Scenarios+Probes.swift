//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// Circuits that are OPEN or HALF-OPEN at first: who probes, and what becomes of it.
extension Scenario {
    static let probes: [Scenario] = [
        Scenario(
            "probe",
            "two environments, an open circuit, one probe, two successes to close",
            rules: rules(successesToClose: 2),
            skews: [0, 0],
            budget: .init(permits: 3)
        ).with { $0.record = open($0.rules) },
        Scenario(
            "probe-two",
            "one environment of two calls at once, an open circuit, two probes",
            rules: rules(probes: 2),
            skews: [0],
            budget: .init(permits: 4)
        ).with {
            $0.record = open($0.rules)
            $0.callsAtOnce = 2
        },
        Scenario(
            "half-open",
            "two environments, HALF-OPEN with its only slot free, two successes to close",
            rules: rules(successesToClose: 2),
            skews: [0, 0],
            budget: .init(permits: 3)
        ).with { $0.record = halfOpen($0.rules, isSlotTaken: false) },
        Scenario(
            "half-open-skew",
            "two environments whose clocks differ, one is a probe",
            rules: rules(skew: 1),
            skews: [0, 1],
            budget: .init(permits: 3, losses: 1)
        ).with {
            $0.record = halfOpen($0.rules, isSlotTaken: false)
            $0.prologue = probe(0)
        },
        Scenario(
            "long-lease",
            "three environments, leases longer than an open time, one of two probes has failed",
            rules: rules(probes: 2, lease: 6, openTime: 1, maximumOpenTime: 1),
            skews: [0, 0, 0],
            budget: .init(permits: 4)
        ).with {
            $0.record = halfOpen($0.rules, isSlotTaken: false)
            // The second finds the first slot taken.
            $0.prologue =
                probe(0) + probe(1) + [
                    .apply(1, 0), .deliver(1, 0), .finish(1, 0, .failure(retryAfter: nil)), .apply(1, 0), .deliver(1, 0), .tick(1),
                ]
        },
        Scenario(
            "update-lease",
            "one environment of two calls at once, takes a shorter lease while a probe runs",
            rules: rules(lease: 6),
            skews: [0],
            budget: .init(permits: 3, updates: 1)
        ).with {
            $0.record = halfOpen($0.rules, isSlotTaken: false)
            $0.prologue = probe(0)
            $0.callsAtOnce = 2
            $0.laterRules = rules(lease: 1)
        },
        Scenario(
            "probe-loss",
            "two environments, an open circuit, one probe, two losses",
            rules: rules(),
            skews: [0, 0],
            budget: .init(permits: 3, losses: 2)
        ).with { $0.record = open($0.rules) },
        Scenario(
            "probe-crash",
            "two environments, an open circuit, one probe, two crashes, one loss",
            rules: rules(),
            skews: [0, 0],
            budget: .init(permits: 3, losses: 1, crashes: 2)
        ).with { $0.record = open($0.rules) },
        Scenario(
            "probe-restart",
            "two environments that keep their names, an open circuit, crashes",
            rules: rules(),
            skews: [0, 0],
            budget: .init(permits: 3, losses: 1, crashes: 2)
        ).with {
            $0.record = open($0.rules)
            $0.keepsName = true
        },
        Scenario(
            "probe-skew",
            "two environments whose clocks differ, an open circuit, one probe, one loss",
            rules: rules(skew: 1),
            skews: [0, 1],
            budget: .init(permits: 4, losses: 1)
        ).with {
            $0.record = open($0.rules)
        },
        Scenario(
            "probe-copy",
            "two environments, an open circuit, one probe, one request arrives twice",
            rules: rules(),
            skews: [0, 0],
            budget: .init(permits: 4, duplicates: 1)
        ).with { $0.record = open($0.rules) },
        Scenario(
            "probe-stale",
            "two environments, an open circuit, one probe, two stale reads, one loss",
            rules: rules(),
            skews: [0, 0],
            budget: .init(permits: 3, losses: 1, staleReads: 2)
        ).with { $0.record = open($0.rules) },
        Scenario(
            "probe-cancel",
            "two environments of two calls at once, an open circuit, two probes, callers give up",
            rules: rules(probes: 2),
            skews: [0, 0],
            budget: .init(permits: 3, cancellations: 2)
        ).with {
            $0.record = open($0.rules)
            $0.callsAtOnce = 2
            $0.outcomes = [.success(isSlow: false), .failure(retryAfter: nil), .unused]
        },
        Scenario(
            "probe-three",
            "three environments, an open circuit, two probes, one crash",
            rules: rules(probes: 2),
            skews: [0, 0, 0],
            budget: .init(permits: 4, crashes: 1)
        ).with { $0.record = open($0.rules) },
        Scenario(
            "dead-probe",
            "two environments, a probe that died holds the only slot, clocks differ",
            rules: rules(skew: 1),
            skews: [0, 1],
            budget: .init(permits: 3, losses: 1, crashes: 1)
        ).with { $0.record = halfOpen($0.rules) },
    ]
}
