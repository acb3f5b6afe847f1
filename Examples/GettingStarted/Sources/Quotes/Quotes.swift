//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AsyncHTTPClient
import CircuitBreaker

/// Quotes from a service that may be down.
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

    /// A fresh quote, or the cached one when the service does not answer in time or the circuit is open.
    public func next() async throws -> String {
        try await breaker.run(timeout: .seconds(3)) {
            try await fetch()
        } fallback: { reason in
            "the cached quote (\(reason))"
        }
    }
}

/// The service answered with an error.
public struct BadStatus: Error {
    /// The HTTP status.
    public var code: UInt
}

/// Calls the service once.
public func fetchQuote(from url: String) async throws -> String {
    let response = try await HTTPClient.shared.execute(HTTPClientRequest(url: url), timeout: .seconds(2))
    guard response.status == .ok else { throw BadStatus(code: response.status.code) }
    return "a fresh quote"
}
