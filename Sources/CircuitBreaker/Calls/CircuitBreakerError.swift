//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// Why a protected call has no value.
///
/// Also handed to the fallback, which decides by it.
public enum CircuitBreakerError<Failure: Error>: Error {
    /// The circuit did not admit the call.
    case rejected(Rejection)
    /// The call was admitted and cut when its time was over.
    case timedOut(after: Duration)
    /// The operation threw.
    case failed(Failure)
    /// The caller was cancelled before the operation began.
    case cancelled
    /// The fallback threw as well.
    indirect case fallbackFailed(any Error, original: CircuitBreakerError<Failure>)
}

extension CircuitBreakerError {
    /// How long to wait before it makes sense to come back, if that is known.
    public var retryAfter: Duration? {
        switch self {
        case .rejected(let rejection): rejection.retryAfter
        case .failed(let error): (error as? any RetryAfterError)?.retryAfter
        case .fallbackFailed(_, let original): original.retryAfter
        case .timedOut, .cancelled: nil
        }
    }
}

extension CircuitBreakerError: CustomStringConvertible {
    /// One line for people.
    public var description: String {
        switch self {
        case .rejected(let rejection): "rejected: \(rejection)"
        case .timedOut(let limit): "timed out after \(limit)"
        case .failed(let error): "failed: \(error)"
        case .cancelled: "cancelled before the call began"
        case .fallbackFailed(let error, let original): "fallback failed: \(error), after the call \(original)"
        }
    }
}
