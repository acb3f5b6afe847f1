//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import Logging

/// A quote, and where it comes from.
public struct Quote: Codable, Equatable, Sendable {
    /// The words.
    public var text: String
    /// Whether the service gave it just now; otherwise it is the one we always have.
    public var isFresh: Bool

    /// Creates a quote.
    public init(text: String, isFresh: Bool) {
        self.text = text
        self.isFresh = isFresh
    }

    /// What to say when the service has nothing to say.
    public static let fallback = Quote(text: "This too shall pass.", isFresh: false)
}

/// Asks for a quote through a circuit breaker.
public struct Quotes: Sendable {
    private let breaker: CircuitBreaker
    private let fetch: @Sendable () async throws -> String

    /// Creates it.
    /// - Parameters:
    ///   - breaker: the circuit of the service.
    ///   - fetch: the call that it protects.
    public init(breaker: CircuitBreaker, fetch: @escaping @Sendable () async throws -> String) {
        self.breaker = breaker
        self.fetch = fetch
    }

    /// Answers before the invocation's deadline, whatever the service does.
    /// - Parameters:
    ///   - context: knows the deadline.
    ///   - logger: logs why a quote is not fresh.
    /// - Returns: the quote.
    /// - Throws: only if the caller is cancelled.
    public func next(context: some CallContext, logger: Logger) async throws -> Quote {
        let fetch = fetch
        return try await breaker.run(context: context) {
            Quote(text: try await fetch(), isFresh: true)
        } fallback: { reason in
            logger.info("No fresh quote", metadata: ["reason": "\(reason)"])
            return .fallback
        }
    }
}
