//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Logging

extension CircuitBreaker {
    /// Takes another configuration while calls run.
    ///
    /// Calls that run keep their limits, and probes their leases. `timeout`, `deadlineMargin`, `minimumBudget` and `judge` hold for the next call.
    /// Policy, recovery and sharing do so too, unless the policy judges by something that the one before did not count: successes, a streak of failures,
    /// or calls slower than another limit. Then these three come into force together when the circuit changes its state next; to have it at once,
    /// reset the circuit with ``reset(by:why:)``.
    ///
    /// The log names each setting that changed, its values before and after, and when it comes into force. All environments that share a circuit should take the
    /// same configuration: until they have, each judges by its own.
    /// - Parameter configuration: how the circuit is to behave.
    /// - Throws: ``ConfigurationError`` that names what cannot be used; nothing changes then.
    public func update(_ configuration: Configuration) throws(ConfigurationError) {
        let rules = try configuration.rules()
        let (before, isInForce) = turn { state, now in
            let isInForce = state.session.update(rules, at: now)
            follow(state.session.rules)
            return (settings.take(configuration), isInForce)
        }
        var metadata = Logger.Metadata()
        for setting in Configuration.settings {
            let (old, new) = (setting.defaultText(in: before), setting.defaultText(in: configuration))
            if old != new { metadata[setting.name] = "\(old ?? "none") -> \(new ?? "none")" }
        }
        guard !metadata.isEmpty else { return }
        metadata["circuit"] = "\(id)"
        metadata["inForce"] = isInForce ? "at once" : "policy, recovery and sharing from the next change of state"
        logger.notice("CircuitBreaker configuration: changed", metadata: metadata)
    }
}
