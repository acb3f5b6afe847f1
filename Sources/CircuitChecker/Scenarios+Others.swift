//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// What operators, time and foreign writers do to the record.
extension Scenario {
    static let others: [Scenario] = [
        Scenario(
            "order",
            "two environments, operators give and lift orders",
            rules: rules(),
            skews: [0, 0],
            budget: .init(permits: 3, orders: 2)
        ).with { $0.orders = CircuitOrder.Kind.allCases },
        Scenario(
            "order-loss",
            "two environments, an operator orders, two losses",
            rules: rules(),
            skews: [0, 0],
            budget: .init(permits: 2, losses: 2, orders: 2)
        ).with { $0.orders = [.forceOpen, .forceClosed] },
        Scenario(
            "reset",
            "two environments, an open circuit, an operator resets it",
            rules: rules(),
            skews: [0, 0],
            budget: .init(permits: 3, losses: 1, resets: 2)
        ).with { $0.record = open($0.rules) },
        Scenario(
            "reset-closed",
            "two environments, an operator resets a circuit that is CLOSED",
            rules: rules(failures: 2),
            skews: [0, 0],
            budget: .init(permits: 3, resets: 1)
        ),
        Scenario(
            "reset-calls",
            "one environment of three calls at once, an operator resets the circuit",
            rules: rules(failures: 2),
            skews: [0],
            budget: .init(permits: 3, resets: 1)
        ).with { $0.callsAtOnce = 3 },
        Scenario(
            "order-calls",
            "two environments, one of two calls at once, an operator orders",
            rules: rules(),
            skews: [0, 0],
            budget: .init(permits: 3, orders: 1)
        ).with {
            $0.callsAtOnce = 2
            $0.orders = [.forceOpen]
        },
        Scenario(
            "expiry",
            "two environments, the record expires",
            rules: rules(),
            skews: [0, 0],
            budget: .init(permits: 4, losses: 1, deletions: 1)
        ),
        Scenario(
            "expiry-open",
            "one environment, the record of an open circuit expires",
            rules: rules(),
            skews: [0],
            budget: .init(permits: 4, deletions: 1)
        ).with { $0.record = open($0.rules) },
        Scenario(
            "foreign",
            "one environment beside a foreign writer",
            rules: rules(),
            skews: [0],
            budget: .init(permits: 4, foreignCalls: 3)
        ),
        Scenario(
            "foreign-open",
            "one environment beside a foreign writer, an open circuit",
            rules: rules(),
            skews: [0],
            budget: .init(permits: 4, losses: 1, foreignCalls: 3)
        ).with { $0.record = open($0.rules) },
        Scenario(
            "foreign-stale",
            "two environments, a foreign writer whose call began before the circuit opened",
            rules: rules(),
            skews: [0, 0],
            budget: .init(permits: 4, foreignCalls: 2)
        ).with { $0.prologue = [.foreignCheck(0)] + trip(0) },
        Scenario(
            "foreign-order",
            "one environment beside a foreign writer, an operator forces the circuit open",
            rules: rules(),
            skews: [0],
            budget: .init(permits: 3, orders: 2, foreignCalls: 2)
        ).with { $0.orders = [.forceOpen] },
        Scenario(
            "foreign-together",
            "one environment beside a foreign writer, failures of both open the circuit",
            rules: rules(failures: 3),
            skews: [0],
            budget: .init(permits: 4, foreignCalls: 2)
        ),
        Scenario(
            "foreign-closed",
            "one environment, a foreign writer whose call began before an operator reset the circuit",
            rules: rules(failures: 2),
            skews: [0],
            budget: .init(permits: 2, resets: 1, foreignCalls: 1)
        ).with { $0.prologue = fail(0) + [.foreignCheck(0)] },
        Scenario(
            "foreign-two",
            "two environments beside a foreign writer whose clock is ahead, an open circuit",
            rules: rules(skew: 1),
            skews: [0, 0],
            budget: .init(permits: 3, foreignCalls: 2)
        ).with {
            $0.record = open($0.rules)
            $0.foreignSkew = 1
        },
    ]
}
