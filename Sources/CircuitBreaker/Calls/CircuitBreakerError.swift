//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// What a protected call throws of its own; all else that it throws is the operation's.
public enum CircuitBreakerError: Error, Hashable {
    /// The circuit did not admit the call.
    case rejected(Rejection)
    /// The call was admitted and did not end within its time limit.
    case timedOut(after: Duration)
}

extension CircuitBreakerError: CustomStringConvertible {
    /// One line for people.
    public var description: String {
        switch self {
        case .rejected(let rejection): "rejected: \(rejection)"
        case .timedOut(let limit): "timed out after \(limit)"
        }
    }
}

extension CircuitBreakerError: RetryAfterError {
    /// How long to wait before it makes sense to come back, if that is known.
    public var retryAfter: Duration? {
        switch self {
        case .rejected(let rejection): rejection.retryAfter
        case .timedOut: nil
        }
    }
}
