//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// Circuits that are CLOSED at first: what is counted, and what opens them.
extension Scenario {
    static let closed: [Scenario] = [
        Scenario(
            "trip",
            "two environments, two failures to open",
            rules: rules(failures: 2),
            skews: [0, 0],
            budget: .init(permits: 3)
        ),
        Scenario(
            "trip-loss",
            "two environments, two failures to open, one loss",
            rules: rules(failures: 2),
            skews: [0, 0],
            budget: .init(permits: 3, losses: 1)
        ),
        Scenario(
            "trip-short",
            "two environments of two calls at once, a failure opens the circuit for a moment",
            rules: rules(openTime: 4),
            skews: [0, 0],
            budget: .init(permits: 3)
        ).with { $0.callsAtOnce = 2 },
        Scenario(
            "trip-three-loss",
            "two environments, three failures to open, one loss",
            rules: rules(failures: 3),
            skews: [0, 0],
            budget: .init(permits: 3, losses: 1)
        ),
        Scenario(
            "trip-copy",
            "two environments, two failures to open, one request arrives twice",
            rules: rules(failures: 2),
            skews: [0, 0],
            budget: .init(permits: 3, duplicates: 1)
        ),
        Scenario(
            "trip-stale",
            "two environments, one failure to open, stale reads",
            rules: rules(),
            skews: [0, 0],
            budget: .init(permits: 3, staleReads: 2)
        ),
        Scenario(
            "trip-throttle",
            "two environments, two failures to open, refusals and throttling",
            rules: rules(failures: 2),
            skews: [0, 0],
            budget: .init(permits: 3, refusals: 1, throttlings: 1)
        ),
        Scenario(
            "trip-calls",
            "two environments of two calls at once, two failures to open",
            rules: rules(failures: 2),
            skews: [0, 0],
            budget: .init(permits: 4)
        ).with { $0.callsAtOnce = 2 },
        Scenario(
            "trip-three",
            "three environments, three failures to open",
            rules: rules(failures: 3),
            skews: [0, 0, 0],
            budget: .init(permits: 4)
        ),
        Scenario(
            "passes-open",
            "two environments, calls that are rejected without the engine while the circuit is OPEN",
            rules: rules(maxViewAge: 3),
            skews: [0, 0],
            budget: .init(permits: 2)
        ).with {
            $0.record = open($0.rules)
            $0.hasPasses = true
        },
        Scenario(
            "passes",
            "two environments whose calls need no engine while all is well",
            rules: rules(failures: 2),
            skews: [0, 0],
            budget: .init(permits: 4, losses: 1)
        ).with {
            $0.hasPasses = true
            $0.callsAtOnce = 2
        },
        Scenario(
            "update-views",
            "two environments whose calls need no engine while all is well, one takes a shorter age of views",
            rules: rules(maxViewAge: 3, maxHealthyViewAge: 3),
            skews: [0, 0],
            budget: .init(permits: 3, updates: 1)
        ).with {
            $0.hasPasses = true
            $0.laterRules = rules()
        },
        Scenario(
            "views",
            "two environments, two failures to open, views that grow older while all is well, one stale read",
            rules: rules(failures: 2, maxHealthyViewAge: 3),
            skews: [0, 0],
            budget: .init(permits: 4, staleReads: 1)
        ).with { $0.hasPasses = true },
        Scenario(
            "views-tripped",
            "two environments, one has just opened the circuit and the other's view is a healthy one",
            rules: rules(maxHealthyViewAge: 2),
            skews: [0, 0],
            budget: .init(permits: 3)
        ).with { $0.prologue = trip(0) },
        Scenario(
            "views-failed",
            "two environments, two failures to open, both have seen the first of them",
            rules: rules(failures: 2, maxHealthyViewAge: 4),
            skews: [0, 0],
            budget: .init(permits: 5)
        ).with {
            $0.isWarm = false
            $0.prologue = [
                .begin(0), .apply(0, 1), .deliver(0, 1), .proceed(0, 0), .finish(0, 0, .failure(retryAfter: nil)), .apply(0, 1), .deliver(0, 1),
                .proceed(0, 0), .begin(1), .apply(1, 1), .deliver(1, 1), .proceed(1, 0), .finish(1, 0, .success(isSlow: false)),
            ]
        },
        Scenario(
            "beside-tripped",
            "two environments, one has just opened the circuit and the other looks beside its calls",
            rules: rules(maxHealthyViewAge: 2, lookBeside: 5),
            skews: [0, 0],
            budget: .init(permits: 3, losses: 1)
        ).with { $0.prologue = trip(0) },
        Scenario(
            "beside",
            "two environments of two calls at once, two failures to open, looks beside the calls while all is well, one loss",
            rules: rules(failures: 2, maxHealthyViewAge: 2, lookBeside: 5),
            skews: [0, 0],
            budget: .init(permits: 4, losses: 1)
        ).with {
            $0.callsAtOnce = 2
            $0.hasPasses = true
        },
        Scenario(
            "beside-order",
            "two environments, looks beside the calls while all is well, an operator orders",
            rules: rules(lookBeside: 5),
            skews: [0, 0],
            budget: .init(permits: 3, orders: 1)
        ).with { $0.orders = [.forceOpen] },
        Scenario(
            "beside-share",
            "two environments, two failures that are half of the calls, looks beside the calls tell of successes",
            rules: rules(lookBeside: 4, policy: .failures(2, within: .milliseconds(4), share: 0.5)),
            skews: [0, 0],
            budget: .init(permits: 4, losses: 1)
        ),
        Scenario(
            "rate",
            "two environments, half of at least two calls must fail",
            rules: rules(policy: .failureRate(0.5, minimumCalls: 2, within: .milliseconds(4))),
            skews: [0, 0],
            budget: .init(permits: 4, losses: 1)
        ).with { $0.hasPasses = true },
        Scenario(
            "share",
            "two environments, two failures that are half of the calls, a reset",
            rules: rules(policy: .failures(2, within: .milliseconds(4), share: 0.5)),
            skews: [0, 0],
            budget: .init(permits: 4, resets: 1)
        ).with { $0.hasPasses = true },
        Scenario(
            "share-alone",
            "one environment, two failures that are half of the calls, a reset after successes that a pass admitted",
            rules: rules(policy: .failures(2, within: .milliseconds(4), share: 0.5)),
            skews: [0],
            budget: .init(permits: 3, resets: 1)
        ).with { $0.hasPasses = true },
        Scenario(
            "streak",
            "two environments, two failures in a row",
            rules: rules(policy: .consecutiveFailures(2)),
            skews: [0, 0],
            budget: .init(permits: 4, losses: 1)
        ),
        Scenario(
            "reporters",
            "two environments, one failure each must have seen",
            rules: rules(policy: .failures(1, within: .milliseconds(4), share: 0).minimumReporters(2)),
            skews: [0, 0],
            budget: .init(permits: 4, losses: 1)
        ),
        Scenario(
            "slow",
            "two environments, slow calls",
            rules: rules(policy: .failures(2, within: .milliseconds(4), share: 0).orSlowCalls(0.5, longerThan: .milliseconds(1), minimumCalls: 1)),
            skews: [0, 0],
            budget: .init(permits: 4)
        ).with { $0.outcomes = [.success(isSlow: false), .success(isSlow: true), .failure(retryAfter: 5)] },
    ]
}
