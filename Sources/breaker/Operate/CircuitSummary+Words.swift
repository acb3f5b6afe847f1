//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import SafeText

extension CircuitSummary {
    // All that there is to say, a line for each.
    var words: String { lines.joined(separator: "\n") }

    var lines: [String] {
        var lines = ["\(id) is \(state.rawValue)\(since.date == nil ? "" : " since \(since.words(at: now))")"]
        if !why.isEmpty { lines.append("why: \(why)") }
        if let order, order.decidingState != nil {
            let reason = whyWithoutOrder.isEmpty ? "" : ": \(whyWithoutOrder)"
            let since = sinceWithoutOrder.date == nil ? "" : " since \(sinceWithoutOrder.words(at: now))"
            lines.append("without the order: \(stateWithoutOrder.rawValue)\(since)\(reason)")
        }
        if !isEdited, let writer = record.writer {
            let name = record.evidence.changedBy.map { "\($0), " } ?? ""
            lines.append("changed by \(name)the environment \(writer.environment.rawValue)")
        }
        if let since = record.evidence.troubleSince, since.date != nil { lines.append("trouble since \(since.words(at: now))") }
        if window.calls > 0 || window.slowCalls > 0 {
            lines.append("counted lately: \(window.failures) failures and \(window.slowCalls) slow calls of \(window.calls)")
        }
        if record.shared.lastFailureTime.date != nil { lines.append("last failure: \(record.shared.lastFailureTime.words(at: now))") }
        if let error = record.evidence.lastError { lines.append("last error: \(error.type), seen by \(error.reporter)") }
        if record.consecutiveOpens > 0 { lines.append("failed to recover \(record.consecutiveOpens) times in a row") }
        if let order { lines.append("order in force: \(order.words(at: now))") }
        lines.append("next: \(next)")
        return lines.map(\.escaped)
    }

    var next: String {
        guard let order else { return withoutOrder }
        return order.decidingState == nil ? "\(order.effect); without the order, \(withoutOrder)" : order.effect
    }

    private var withoutOrder: String {
        switch state {
        case .closed: return "calls pass, and the circuit opens when failures reach the fleet's threshold"
        case .halfOpen:
            return "a few probes pass (\(record.slots.count) under way, \(record.successCount) succeeded); they close the circuit or open it again"
        case .open:
            guard let nextAttempt, nextAttempt > now else { return "the next call is a probe; the calls beside it are rejected" }
            return "calls are rejected until \(nextAttempt.words(at: now)), then one is a probe"
        }
    }
}

extension CircuitOrder {
    // What calls meet.
    var effect: String {
        switch kind {
        case .forceOpen: "every call is rejected until the order ends or is lifted"
        case .forceClosed: "every call passes, whatever fails, until the order ends or is lifted"
        case .disabled: "every call passes and none is counted until the order ends or is lifted"
        case .observe: "every call passes"
        }
    }

    func words(at now: Timestamp) -> String { "\(kind.rawValue) \(terms(at: now))" }

    // Until when, by whom, and why.
    func terms(at now: Timestamp) -> String {
        let end = until.map { "until \($0.words(at: now))" } ?? "until it is lifted"
        return "\(end)\(by.isEmpty ? "" : ", by \(by)")\(why.isEmpty ? "" : ": \(why)")"
    }
}
