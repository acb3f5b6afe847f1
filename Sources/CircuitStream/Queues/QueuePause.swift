//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
package import CircuitBreaker

// Which mapping is to wait for which circuit, and how it is while it does not wait: the rules that the stack deploys send it with each invocation, so that no kill can lose it.
package struct QueuePause: Hashable, Sendable {
    package let mapping: String
    package let circuit: String
    // How long the circuit must have been OPEN.
    package let after: Int64
    // How long the mapping is off at most while the circuit says no more than that it is OPEN, in milliseconds.
    package let longest: Int64
    // The mapping's own bound, which it has while the circuit is CLOSED.
    package let concurrency: Int?

    package init(mapping: String, circuit: String, after: Int64, longest: Int64, concurrency: Int?) {
        self.mapping = mapping
        self.circuit = circuit
        self.after = after
        self.longest = longest
        self.concurrency = concurrency
    }

    init(_ members: JSON) throws(FunctionEventError) {
        mapping = try members.text("mapping", of: "pause", longest: 256)
        circuit = try members.text("circuit", of: "pause", longest: 256)
        after = try members.number("afterMilliseconds", of: "pause", within: 0...86_400_000)
        longest = try members.number("longestMilliseconds", of: "pause", within: 60_000...86_400_000)
        switch members["concurrency"] {
        case nil, .null?: concurrency = nil
        case .some: concurrency = Int(try members.number("concurrency", of: "pause", within: 2...1000))
        }
    }

    // The least that Lambda takes.
    package static let least = 2

    // What a mapping has while this function keeps it off, by which it knows its own work again: a hand that turns one off or on leaves another pair of state and bound.
    package var mark: Int { concurrency == 3 ? 4 : 3 }
}

// What is to be done about a mapping.
package enum PauseAction: Hashable, Sendable {
    case leave(PausePhase)
    // It is changing; the next look decides.
    case wait
    case pause
    // On, with as little concurrency as it can have.
    case admitFew
    case restore
    // Somebody else changed it.
    case keepOff(String)
}

// How a mapping is.
package enum PausePhase: Hashable, Sendable {
    case normal
    case paused
    case few
    // Paused, and then turned on by a hand.
    case turnedOn
}

extension QueuePause {
    private enum Wish {
        case normal, few, off, any
    }

    // What a circuit's record asks for; no record is a circuit that nobody has used.
    package func action(_ mapping: Mapping, _ record: CircuitRecord?, at now: Timestamp) -> PauseAction {
        action(mapping, wish(record, at: now))
    }

    // Without a record that can be read, a mapping stays as it is, but not off for ever.
    package func actionWithoutRecord(_ mapping: Mapping, at now: Timestamp) -> PauseAction {
        let isLong = mapping.changed.map { now.since($0) >= longest } ?? true
        return action(mapping, isLong ? .few : .any)
    }

    private func action(_ mapping: Mapping, _ wish: Wish) -> PauseAction {
        guard !mapping.isProvisioned else { return .keepOff("it has provisioned pollers, which exclude a bound on its concurrency") }
        let phase: PausePhase
        switch (mapping.state, mapping.concurrency) {
        case ("Enabled", concurrency): phase = .normal
        case ("Enabled", Self.least): phase = .few
        case ("Enabled", mark): phase = .turnedOn
        case ("Disabled", mark): phase = .paused
        case ("Enabled", _), ("Disabled", _):
            let bound = mapping.concurrency.map { "a maximum concurrency of \($0)" } ?? "no maximum concurrency"
            let own = concurrency.map { "\($0)" } ?? "none"
            return .keepOff("it is \(mapping.state) with \(bound), which is neither the stack's (Enabled, \(own)) nor a pause's")
        case ("Deleting", _): return .keepOff("it is being deleted")
        default: return .wait
        }
        switch (wish, phase) {
        case (.normal, .paused), (.normal, .few), (.normal, .turnedOn): return .restore
        case (.few, .paused): return .admitFew
        case (.off, .normal), (.off, .few): return .pause
        case (.off, .turnedOn): return .keepOff("somebody turned it on during a pause; it is as it was once the circuit is CLOSED")
        default: return .leave(phase)
        }
    }

    private func wish(_ record: CircuitRecord?, at now: Timestamp) -> Wish {
        guard let record else { return .normal }
        if let order = record.order, order.isInForce(at: now) {
            // None but FORCE-OPEN rejects a call for the order's sake; OBSERVE rejects none.
            guard order.kind == .forceOpen else { return .normal }
            return now.since(Timestamp(milliseconds: record.orderEpoch.rawValue)) >= after ? .off : .any
        }
        switch record.foreignState {
        case .closed: return .normal
        case .halfOpen: return .few
        case .open:
            let since = record.foreignSince
            // A time that makes no sense keeps no queue waiting.
            guard now < min(record.foreignNextAttempt, since.adding(longest)) else { return .few }
            let trouble = !record.isEdited && record.consecutiveOpens > 0 ? record.evidence.troubleSince ?? since : since
            return now.since(min(since, trouble)) >= after ? .off : .any
        }
    }
}
