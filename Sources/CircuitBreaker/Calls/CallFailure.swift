//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// Why a protected call has no value.
///
/// What ``CircuitBreaker/result(judging:of:)`` and its kind return, and what a fallback receives.
public enum CallFailure<Failure: Error>: Error {
    /// The circuit did not admit the call.
    case rejected(Rejection)
    /// The call was admitted and did not end within its time limit.
    case timedOut(after: Duration)
    /// The operation threw.
    case failed(Failure)
    /// The caller was cancelled before the operation began.
    case cancelled
}

extension CallFailure {
    /// How long to wait before it makes sense to come back, if that is known.
    public var retryAfter: Duration? {
        switch self {
        case .rejected(let rejection): rejection.retryAfter
        case .failed(let error): (error as? any RetryAfterError)?.retryAfter
        case .timedOut, .cancelled: nil
        }
    }

    /// What `run` throws: the operation's own error as it is, a ``CircuitBreakerError``, or a `CancellationError`.
    public var thrown: any Error {
        switch self {
        case .rejected(let rejection): CircuitBreakerError.rejected(rejection)
        case .timedOut(let limit): CircuitBreakerError.timedOut(after: limit)
        case .failed(let error): error
        case .cancelled: CancellationError()
        }
    }
}

extension CallFailure<Never> {
    // Of a call that was not made.
    @inlinable
    func of<Other: Error>(_: Other.Type) -> CallFailure<Other> {
        switch self {
        case .rejected(let rejection): .rejected(rejection)
        case .timedOut(let limit): .timedOut(after: limit)
        case .cancelled: .cancelled
        }
    }
}

extension CallFailure: CustomStringConvertible {
    /// One line for people.
    public var description: String {
        switch self {
        case .rejected(let rejection): "rejected: \(rejection)"
        case .timedOut(let limit): "timed out after \(limit)"
        case .failed(let error): "failed: \(error)"
        case .cancelled: "cancelled before the call began"
        }
    }
}
