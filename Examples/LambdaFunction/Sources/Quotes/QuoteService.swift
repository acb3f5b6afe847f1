//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AsyncHTTPClient
import CircuitBreaker
import NIOCore

/// The service that may be down.
public struct QuoteService: Sendable {
    // Not the shared client, which may try again when a connection is refused: here that is a failure at once, and the circuit counts it.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow, timeout: .init(connect: .seconds(1)))
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(configuration: configuration)
    }()

    private let url: String

    /// Creates it.
    /// - Parameter url: where it answers with a quote as text.
    public init(url: String) {
        self.url = url
    }

    /// Asks the service, once.
    /// - Returns: the quote.
    /// - Throws: ``QuoteServiceError`` if the service answers with an error, else what the HTTP client throws.
    public func fetch() async throws -> String {
        let response = try await Self.client.execute(HTTPClientRequest(url: url), timeout: .seconds(10))
        guard response.status == .ok else {
            let seconds = response.headers.first(name: "Retry-After").flatMap { Int($0) }
            throw QuoteServiceError(status: Int(response.status.code), retryAfter: seconds.map { .seconds($0) })
        }
        return String(buffer: try await response.body.collect(upTo: 1 << 16))
    }
}

/// The service answered with an error.
public struct QuoteServiceError: RetryAfterError, CustomStringConvertible {
    /// The HTTP status.
    public var status: Int
    /// How long the service asked to be left alone: the circuit honors it.
    public var retryAfter: Duration?

    /// One line for people.
    public var description: String { "the quote service answered with status \(status)" }
}
