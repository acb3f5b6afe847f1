//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker

extension CircuitRecord {
    func json(_ rules: CircuitRules, at now: Timestamp) -> JSON {
        let window = rules.total(of: self, at: now)
        return [
            "state": .string(state.rawValue),
            "epoch": epoch.json,
            "since": since.json,
            "reason": reason.map { .string("\($0)") } ?? .null,
            "nextAttempt": nextAttempt.json,
            "consecutiveOpens": .number(.init(consecutiveOpens)),
            "successCount": .number(.init(successCount)),
            "streak": .number(.init(failureStreak)),
            "probing": .number(.init(slots.values.count { !rules.isFree($0, at: now) })),
            "sharePercent": .number(.init(Int(rules.share(of: self, at: now) * 100))),
            "window": [
                "failures": .number(.init(window.failures)), "slow": .number(.init(window.slowCalls)), "calls": .number(.init(window.calls)),
            ],
            "order": order.flatMap { $0.isInForce(at: now) ? $0.json : nil } ?? .null,
        ]
    }
}

extension Epoch {
    var json: JSON { .number(.init(rawValue)) }
}

extension CircuitOrder {
    var json: JSON {
        ["kind": .string(kind.rawValue), "until": until?.json ?? .null, "by": .string(by), "why": .string(why)]
    }
}
