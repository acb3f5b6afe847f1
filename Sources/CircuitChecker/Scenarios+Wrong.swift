//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// Records that no right clock wrote, and clocks that are set back.
extension Scenario {
    static let wrong: [Scenario] = [
        Scenario(
            "record-ahead",
            "two environments, OPEN until a time that no rule allows",
            rules: rules(skew: 1),
            skews: [0, 1],
            budget: .init(permits: 3, losses: 1)
        ).with {
            $0.isRecordWrong = true
            $0.record = open($0.rules)
            $0.record?.nextAttempt = far
            $0.record?.shared.nextAttempt = far
            $0.record?.consecutiveOpens = -5
        },
        Scenario(
            "slot-ahead",
            "two environments, HALF-OPEN, its only slot taken until a time that no rule allows",
            rules: rules(skew: 1),
            skews: [0, 1],
            budget: .init(permits: 3, losses: 1)
        ).with {
            $0.isRecordWrong = true
            $0.record = halfOpen($0.rules)
            $0.record?.slots[0]?.leaseEnd = far
        },
        Scenario(
            "ramp-ahead",
            "two environments, CLOSED with a ramp that begins at a time that no rule allows",
            rules: rules(failures: 2, skew: 1, ramp: 3),
            skews: [0, 1],
            budget: .init(permits: 3, losses: 1)
        ).with {
            $0.isRecordWrong = true
            var record = CircuitRecord()
            record.epoch = Epoch(rawValue: $0.start)
            record.since = far
            record.reason = .probesSucceeded(count: 1)
            $0.record = record
        },
        Scenario(
            "counts-below-zero",
            "two environments, HALF-OPEN with counts that no probe made",
            rules: rules(successesToClose: 2),
            skews: [0, 0],
            budget: .init(permits: 3, losses: 1)
        ).with {
            $0.isRecordWrong = true
            $0.record = halfOpen($0.rules, isSlotTaken: false)
            $0.record?.successCount = -1_000_000
            $0.record?.lostProbes = -1_000_000
            $0.record?.consecutiveOpens = -1_000_000
        },
        Scenario(
            "clock-back",
            "one environment, an open circuit, its clock is set back twice",
            rules: rules(),
            skews: [0],
            budget: .init(permits: 3, losses: 1, clockSteps: 2)
        ).with { $0.record = open($0.rules) },
        Scenario(
            "clock-ahead",
            "two environments, one whose clock is further ahead than the window is long, four failures to open",
            rules: rules(failures: 4),
            skews: [0, 20],
            budget: .init(permits: 2, losses: 1)
        ),
    ]

    private static let far = Timestamp(milliseconds: 1_000_000)
}
