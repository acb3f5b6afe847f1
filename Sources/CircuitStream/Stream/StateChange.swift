//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
package import CircuitBreaker
import CircuitBreakerDynamoDB

// A change of a circuit's state by one write, whoever made it.
package struct StateChange: Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        // That of the environment that made it; nil: one that this version does not know.
        case own(ChangeReason?)
        // circuitbreaker-lambda's or a hand's: it knows no epochs.
        case foreign
        // The record is gone, so that the circuit starts over.
        case removed(isExpiry: Bool)
    }

    package let from: CircuitState
    package let to: CircuitState
    package let reason: Reason
    package let since: Timestamp?
    package let nextAttempt: Timestamp?
    package let environment: EnvironmentID?
    // The order in force; nil: none.
    package let order: CircuitOrder?
    // Nil where nobody raised it.
    package let epoch: Epoch?

    // Nil if the write changed no state: reports, slots, and what only mirrors an order.
    init?(from old: CircuitRecord, to new: CircuitRecord?, isExpiry: Bool) {
        from = old.foreignState
        to = new?.foreignState ?? .closed
        guard from != to else { return nil }
        order = new?.order
        guard let new else {
            reason = .removed(isExpiry: isExpiry)
            (since, nextAttempt, environment, epoch) = (nil, nil, nil, nil)
            return
        }
        if new.epoch != old.epoch {
            reason = .own(new.reason)
            since = new.since
            nextAttempt = to == .open ? new.nextAttempt : nil
            environment = new.writer?.environment
            epoch = new.epoch
        } else {
            reason = .foreign
            since = new.shared.stateTimestamp == .zero ? nil : new.shared.stateTimestamp
            nextAttempt = to == .open ? new.shared.nextAttempt : nil
            environment = nil
            epoch = nil
        }
    }
}

extension StateChange {
    var members: [String: JSON] {
        [
            "from": .string(from.rawValue), "to": .string(to.rawValue), "reason": reason.json, "since": since?.json ?? .null,
            "nextAttempt": nextAttempt?.json ?? .null, "environment": environment.map { .string($0.rawValue) } ?? .null,
            "order": order?.json ?? .null,
        ]
    }
}

extension StateChange.Reason {
    var json: JSON {
        switch self {
        case .own(let reason?): .object(reason.numbers.merging(["name": .string(reason.name), "text": .string("\(reason)")]) { $1 })
        case .own(nil): ["name": "unknown", "text": "a reason that this version does not know"]
        case .foreign: ["name": "foreign", "text": .string("\(ChangeReason.adopted)")]
        case .removed(isExpiry: true): ["name": "expired", "text": "the record expired, so that the circuit starts over"]
        case .removed(isExpiry: false): ["name": "deleted", "text": "the record was deleted, so that the circuit starts over"]
        }
    }
}

extension ChangeReason {
    fileprivate var numbers: [String: JSON] {
        switch self {
        case .failures(let count, let threshold, let within, let calls):
            ["count": .whole(count), "threshold": .whole(threshold), "withinMilliseconds": .whole(within.milliseconds)]
                .merging(calls.map { ["calls": .whole($0)] } ?? [:]) { $1 }
        case .consecutiveFailures(let count, let threshold): ["count": .whole(count), "threshold": .whole(threshold)]
        case .failureRate(let count, let calls, let threshold), .slowCallRate(let count, let calls, let threshold):
            ["count": .whole(count), "calls": .whole(calls), "threshold": .share(threshold)]
        case .probesSucceeded(let count), .probesLost(let count): ["count": .whole(count)]
        case .probeFailed(let consecutiveOpens): ["consecutiveOpens": .whole(consecutiveOpens)]
        case .ordered(let by, let why): ["by": .string(by), "why": .string(why)]
        case .nextAttemptDue, .adopted, .putBack: [:]
        }
    }
}

extension JSON {
    static func whole(_ number: some BinaryInteger) -> JSON { .number(.init(number)) }

    // Null for what is no number in JSON.
    static func share(_ number: Double) -> JSON { (try? JSON(parsing: Array("\(number)".utf8))) ?? .null }
}

extension Timestamp {
    var json: JSON { .whole(milliseconds) }
}

extension CircuitOrder {
    var json: JSON {
        ["kind": .string(kind.rawValue), "until": until?.json ?? .null, "by": .string(by), "why": .string(why)]
    }
}
