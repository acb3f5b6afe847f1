//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import SafeText

/// Why the last change of state happened, with the numbers behind it.
#if hasAttribute(nonexhaustive)
    @nonexhaustive
#endif
public enum ChangeReason: Hashable, Sendable {
    /// Failures in the window reached the threshold; of how many calls, if the policy wants a share of them.
    case failures(count: Int, threshold: Int, within: Duration, calls: Int? = nil)
    /// Failures without a success between them reached the threshold.
    case consecutiveFailures(count: Int, threshold: Int)
    /// The share of failed calls in the window reached the threshold.
    case failureRate(failures: Int, calls: Int, threshold: Double)
    /// The share of slow calls in the window reached the threshold.
    case slowCallRate(slowCalls: Int, calls: Int, threshold: Double)
    /// The open time is over and a first probe set out.
    case nextAttemptDue
    /// Enough probes succeeded.
    case probesSucceeded(count: Int)
    /// A probe failed; how many times in a row the circuit has now opened again.
    case probeFailed(consecutiveOpens: Int)
    /// Probes ended without an outcome, again and again.
    case probesLost(count: Int)
    /// An operator ordered it.
    case ordered(by: String, why: String)
    /// A writer that knows no epochs made the change, and it was adopted.
    case adopted
    /// A writer that knows no epochs closed the circuit too early, which was put back.
    case putBack
}

extension ChangeReason {
    // Whether it opened a CLOSED circuit by the policy.
    var isTrip: Bool {
        switch self {
        case .failures, .consecutiveFailures, .failureRate, .slowCallRate: true
        case .nextAttemptDue, .probesSucceeded, .probeFailed, .probesLost, .ordered, .adopted, .putBack: false
        }
    }
}

extension ChangeReason: CustomStringConvertible {
    /// One line for people, an operator's words without characters that control a terminal.
    public var description: String {
        switch self {
        case .failures(let count, let threshold, let within, let calls):
            "\(count) \(count == 1 ? "failure" : "failures") within \(within.secondsText) s\(Self.share(count, of: calls)) reached the threshold of \(threshold)"
        case .consecutiveFailures(let count, let threshold):
            "\(count) consecutive \(count == 1 ? "failure" : "failures") reached the threshold of \(threshold)"
        case .failureRate(let failures, let calls, let threshold):
            "\(failures) of \(calls) calls failed, the threshold is \(threshold)"
        case .slowCallRate(let slowCalls, let calls, let threshold):
            "\(slowCalls) of \(calls) calls were slow, the threshold is \(threshold)"
        case .nextAttemptDue: "the open time is over, a probe set out"
        case .probesSucceeded(let count): count == 1 ? "a probe succeeded" : "\(count) probes succeeded"
        case .probeFailed(let consecutiveOpens):
            consecutiveOpens > 1 ? "a probe failed, as did the \(consecutiveOpens - 1) before it" : "a probe failed"
        case .probesLost(let count): "\(count) probes ended without an outcome"
        case .ordered(let by, let why): "ordered by \(by.isEmpty ? "an operator" : by.escaped)\(why.isEmpty ? "" : ": \(why.escaped)")"
        case .adopted: "changed by a writer that knows no epochs"
        case .putBack: "a writer that knows no epochs had closed it too early"
        }
    }
}

extension ChangeReason {
    private static func share(_ count: Int, of calls: Int?) -> String {
        guard let calls, calls > 0 else { return "" }
        let percent = Int(min(100, max(0, Double(count) / Double(calls) * 100)))
        return ", \(percent) % of \(calls) \(calls == 1 ? "call" : "calls"),"
    }
}
