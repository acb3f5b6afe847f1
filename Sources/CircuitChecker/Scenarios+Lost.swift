//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// A store that fails again and again, as a whole or for writes alone.
extension Scenario {
    static let lost: [Scenario] = [
        Scenario(
            "writes-lost",
            "one environment, two failures to open, reads work and up to three writes are lost",
            rules: rules(failures: 2),
            skews: [0],
            budget: .init(permits: 5, losses: 3)
        ).with { $0.readsWork = true },
        Scenario(
            "writes-lost-calls",
            "one environment of two calls at once, two failures to open, reads work and up to two writes are lost",
            rules: rules(failures: 2),
            skews: [0],
            budget: .init(permits: 4, losses: 2)
        ).with {
            $0.callsAtOnce = 2
            $0.readsWork = true
        },
        Scenario(
            "writes-refused",
            "two environments, two failures to open, reads work and writes are refused or throttled",
            rules: rules(failures: 2),
            skews: [0, 0],
            budget: .init(permits: 3, refusals: 2, throttlings: 2)
        ).with { $0.readsWork = true },
        Scenario(
            "flush",
            "two environments, two failures to open, a refusal and a loss; one environment reports what is unreported",
            rules: rules(failures: 2),
            skews: [0, 0],
            budget: .init(permits: 3, losses: 1, refusals: 1, flushes: 1)
        ),
        Scenario(
            "flush-calls",
            "one environment of two calls at once, two failures to open, two refusals; it reports twice what is unreported",
            rules: rules(failures: 2),
            skews: [0],
            budget: .init(permits: 4, refusals: 2, flushes: 2)
        ).with { $0.callsAtOnce = 2 },
        Scenario(
            "writes-lost-open",
            "two environments, an open circuit, reads work and up to three writes are lost",
            rules: rules(),
            skews: [0, 0],
            budget: .init(permits: 3, losses: 3)
        ).with {
            $0.readsWork = true
            $0.record = open($0.rules)
        },
        Scenario(
            "store-lost",
            "one environment, two failures to open, up to four losses",
            rules: rules(failures: 2),
            skews: [0],
            budget: .init(permits: 5, losses: 4)
        ),
        Scenario(
            "store-lost-alone",
            "two environments, three failures to open, two of one that is alone, up to three losses",
            rules: rules(failures: 3, alone: 2),
            skews: [0, 0],
            budget: .init(permits: 4, losses: 3)
        ),
        Scenario(
            "reads-throttled",
            "two environments, two failures to open, reads are throttled up to three times",
            rules: rules(failures: 2),
            skews: [0, 0],
            budget: .init(permits: 4, throttlings: 3)
        ),
        Scenario(
            "store-lost-open",
            "one environment, an open circuit, up to four losses, a store that is left alone for longer than an open time",
            rules: rules(storeRetryInterval: 4),
            skews: [0],
            budget: .init(permits: 4, losses: 4)
        ).with { $0.record = open($0.rules) },
    ]
}
