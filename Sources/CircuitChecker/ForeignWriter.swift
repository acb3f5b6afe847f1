//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// A process with circuitbreaker-lambda: it loads the shared attributes, computes with its copy, and saves all of them without any condition.
struct ForeignWriter: Hashable {
    enum Stage: Hashable {
        case idle
        // What it computed has not arrived at the store; whether its call may run then.
        case saving(runs: Bool)
        case running
    }

    var skew: Int64
    var stage = Stage.idle
    var copy = CircuitRecord.Shared()

    // What it has by way of settings, taken from ours.
    struct Settings {
        var failureThreshold: Int
        var successThreshold: Int
        var timeout: Int64
        var maximumTimeout: Int64
        var window: Int64

        init(_ rules: CircuitRules) {
            if case .failures(let count, _) = rules.policy.rule { failureThreshold = count } else { failureThreshold = 1 }
            successThreshold = rules.recovery.successesToClose
            timeout = rules.openTime
            maximumTimeout = rules.maximumOpenTime
            window = rules.window
        }
    }

    mutating func check(_ record: CircuitRecord?, _ settings: Settings, at now: Timestamp) {
        if let record { copy = record.shared }
        if copy.circuitState == .closed, copy.lastFailureTime > .zero, now.since(copy.lastFailureTime) > settings.window { copy.failureCount = 0 }
        guard copy.circuitState == .open else {
            stage = .running
            return
        }
        guard copy.nextAttempt <= now else { return }
        copy.circuitState = .halfOpen
        copy.successCount = 0
        stage = .saving(runs: true)
    }

    mutating func recordSuccess(_ settings: Settings, at now: Timestamp) {
        if copy.circuitState == .halfOpen {
            copy.successCount += 1
            if copy.successCount >= settings.successThreshold {
                copy.circuitState = .closed
                copy.successCount = 0
                copy.failureCount = 0
                copy.consecutiveOpens = 0
            }
        }
        copy.stateTimestamp = now
        stage = .saving(runs: false)
    }

    mutating func recordFailure(_ settings: Settings, at now: Timestamp) {
        copy.failureCount += 1
        copy.lastFailureTime = now
        let opens: Int? =
            if copy.circuitState == .halfOpen { copy.consecutiveOpens + 1 } else { copy.failureCount >= settings.failureThreshold ? 0 : nil }
        if let opens {
            copy.circuitState = .open
            copy.consecutiveOpens = opens
            copy.nextAttempt = now.adding(min(settings.timeout << min(opens, 30), settings.maximumTimeout))
        }
        copy.stateTimestamp = now
        stage = .saving(runs: false)
    }
}

extension World {
    mutating func foreignCheck(_ f: Int, in scenario: Scenario) {
        budget.foreignCalls -= 1
        foreign[f].check(record, .init(scenario.rules), at: Timestamp(milliseconds: now + foreign[f].skew))
    }

    mutating func foreignFinish(_ f: Int, succeeds: Bool, in scenario: Scenario) {
        let now = Timestamp(milliseconds: now + foreign[f].skew)
        if succeeds {
            foreign[f].recordSuccess(.init(scenario.rules), at: now)
        } else {
            foreign[f].recordFailure(.init(scenario.rules), at: now)
        }
    }

    mutating func foreignSave(_ f: Int) {
        guard case .saving(let runs) = foreign[f].stage else { return }
        var next = record ?? CircuitRecord()
        next.shared = foreign[f].copy
        ghost.foreignSince = now
        noteForeignCount(from: (record ?? CircuitRecord()), to: next)
        write(next)
        // Reports may be refused meanwhile, though the epoch stays.
        for e in environments.indices { environments[e].ghost.isExcused = true }
        foreign[f].stage = runs ? .running : .idle
    }
}
