//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Synchronization

extension CircuitBreaker {
    /// What a call's result or error says about the dependency.
    public enum Verdict: Hashable, Sendable {
        /// The dependency is well.
        case success
        /// The dependency failed; if `retryAfter` is given, it asked to be left alone for so long.
        case failure(retryAfter: Duration? = nil)
        /// The call says nothing about the dependency, since the caller made a mistake, for example. It counts as if it had not been made.
        case ignored
    }
}

/// An error that carries how long the dependency asked to be left alone.
public protocol RetryAfterError: Error {
    /// How long, or nil if it did not ask.
    var retryAfter: Duration? { get }
}

extension CircuitBreaker.Verdict {
    /// The judgement of errors that is used unless the configuration has its own: every error is a failure, except another circuit's rejection, which says nothing.
    ///
    /// It is not asked about calls whose caller was cancelled: these say nothing, whatever they throw.
    /// A `CancellationError` that it is asked about is thus the operation's own: a time limit inside it, say.
    /// - Parameter error: what the operation threw.
    /// - Returns: the verdict.
    public static func standard(_ error: any Error) -> Self {
        // To ask what a type conforms to takes as long as all else that a failure needs, and the answer never changes.
        let type = UInt(bitPattern: ObjectIdentifier(Swift.type(of: error)))
        if plainType.load(ordering: .relaxed) == type { return .failure() }
        switch error {
        case is Rejection, CircuitBreakerError.rejected: return .ignored
        case let error as any AnyCallFailure: return error.isRejection ? .ignored : .failure(retryAfter: error.retryAfter)
        case let error as any RetryAfterError: return .failure(retryAfter: error.retryAfter)
        default:
            plainType.store(type, ordering: .relaxed)
            return .failure()
        }
    }

    // The last type seen whose errors are failures and nothing else.
    private static let plainType = Atomic<UInt>(0)
}

// `CallFailure` whatever its operation throws.
private protocol AnyCallFailure {
    var isRejection: Bool { get }
    var retryAfter: Duration? { get }
}

extension CallFailure: AnyCallFailure {
    fileprivate var isRejection: Bool {
        if case .rejected = self { true } else { false }
    }
}
