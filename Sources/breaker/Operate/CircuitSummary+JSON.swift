//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker

extension CircuitSummary {
    var json: JSON {
        [
            "id": .string(id), "state": .string(state.rawValue), "since": since.json, "why": .string(why),
            "stateWithoutOrder": .string(stateWithoutOrder.rawValue), "setBySomebodyElse": .bool(isEdited),
            "nextAttempt": nextAttempt?.json ?? .null, "consecutiveOpens": .number(.init(record.consecutiveOpens)),
            "window": window.json, "order": order?.json ?? .null, "environment": record.writer.map { .string($0.environment.rawValue) } ?? .null,
            "evidence": record.evidence.json,
        ]
    }
}

extension Evidence {
    var json: JSON {
        [
            "troubleSince": troubleSince?.json ?? .null, "changedBy": changedBy.map { .string($0) } ?? .null,
            "lastError": lastError.map { ["type": .string($0.type), "reporter": .string($0.reporter)] } ?? .null,
        ]
    }
}

extension HistoryEntry {
    var json: JSON {
        switch event {
        case .changed(let from, let to, let reason, let environment):
            [
                "time": time.json, "event": "changed", "from": from.map { .string($0.rawValue) } ?? .null, "to": .string(to.rawValue),
                "why": .string("\(reason)"), "environment": .string(environment.rawValue),
            ]
        case .ordered(let order): ["time": time.json, "event": "ordered", "order": order.json]
        case .lifted(let by, let why): ["time": time.json, "event": "lifted", "by": .string(by), "why": .string(why)]
        }
    }
}
