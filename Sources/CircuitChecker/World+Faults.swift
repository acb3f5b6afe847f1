//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// What breaks, and what operators do.
extension World {
    // The caller gives up. A request under way is awaited anyway, so that a slot it takes can be returned.
    mutating func cancel(_ e: Int, _ c: Int, in scenario: Scenario) {
        environments[e].calls[c].isCancelled = true
        switch environments[e].calls[c].stage {
        case .ready, .joined: proceed(e, c, in: scenario)
        case .sent, .answered, .running: break
        }
    }

    // All that the process knew is gone. What it had sent may still arrive.
    mutating func crash(_ e: Int, in scenario: Scenario) {
        for call in environments[e].calls {
            if case .sent(let request) = call.stage, !request.action.isRead {
                strays.append(Stray(environment: e, life: environments[e].life, action: request.action, isCopy: false))
            }
        }
        environments[e].crash(keepsName: scenario.keepsName)
    }

    // By so much a clock is set back: more than any wait of the rules.
    static let clockStep: Int64 = 20

    // A record expires when nobody has used it for long: no call is under way, no clock is behind its epoch.
    mutating func delete(in scenario: Scenario) {
        now += 20
        earlier = nil
        record = nil
        noteRecord()
        ghost.acknowledged = [:]
        for e in environments.indices {
            environments[e].ghost.isExcused = true
            environments[e].ghost.refusedBy = nil
            environments[e].ghost.seen = []
        }
    }
}
