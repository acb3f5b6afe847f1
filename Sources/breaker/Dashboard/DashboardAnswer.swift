//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import LocalFleet
import UnreliableService

// What a command answers.
enum DashboardAnswer: Hashable, Sendable {
    case done
    case burst([FleetCall])

    var json: JSON {
        switch self {
        case .done: return ["done": true]
        case .burst(let calls):
            func count(_ isCounted: (FleetCall) -> Bool) -> JSON { .number(.init(calls.count(where: isCounted))) }
            return [
                "done": true,
                "calls": .number(.init(calls.count)),
                "environments": .number(.init(Set(calls.compactMap(\.environment)).count)),
                "probes": count(\.isProbe),
                "success": count { $0.outcome == .success },
                "failed": count { $0.outcome == .failed || $0.outcome == .timedOut },
                "rejected": count { $0.outcome == .rejected },
                "throttled": count(\.isThrottled),
            ]
        }
    }
}
