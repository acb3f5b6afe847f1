//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker

extension CircuitSummary {
    // With what only those can say who know the fleet's rules.
    func json(by rules: CircuitRules) -> JSON {
        guard case .object(var members) = json else { return .null }
        members["epoch"] = record.epoch.json
        members["successCount"] = .number(.init(record.successCount))
        members["streak"] = .number(.init(record.failureStreak))
        members["probing"] = .number(.init(record.slots.values.count { !rules.isFree($0, at: now) }))
        members["sharePercent"] = .number(.init(Int(rules.share(of: record, at: now) * 100)))
        members["window"] = rules.total(of: record, at: now).json
        members["orderEffect"] = order.flatMap { $0.decidingState == nil ? nil : .string($0.effect) } ?? .null
        return .object(members)
    }
}

extension CircuitWindow.Tally {
    var json: JSON {
        ["failures": .number(.init(failures)), "slow": .number(.init(slowCalls)), "calls": .number(.init(calls))]
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
