//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import Foundation
import HTTPTypes
import OpenAPIRuntime

/// Stops calling a service while it fails: calls of the generated client then throw the circuit's `Rejection` at once.
///
/// A call fails if it throws, or is answered with 429 or 5xx. Other answers, the caller's mistakes among them, show that the service is well.
public struct CircuitBreakerMiddleware: ClientMiddleware {
    private let circuits: CircuitBreakerRegistry

    /// Creates it.
    /// - Parameter circuits: one circuit for each host, by its name.
    public init(_ circuits: CircuitBreakerRegistry) {
        self.circuits = circuits
    }

    /// Asks the circuit before the call, and tells it how the call ended.
    public func intercept(
        _ request: HTTPRequest,
        body: HTTPBody?,
        baseURL: URL,
        operationID: String,
        next: @Sendable (HTTPRequest, HTTPBody?, URL) async throws -> (HTTPResponse, HTTPBody?)
    ) async throws -> (HTTPResponse, HTTPBody?) {
        switch try await circuits.breaker(for: baseURL.host() ?? "unknown").acquire() {
        case .rejected(let rejection):
            throw rejection
        case .permit(let permit):
            do {
                let (response, body) = try await next(request, body, baseURL)
                if response.status.isFailure {
                    await permit.fail(retryAfter: response.headerFields[.retryAfter].flatMap { Int64($0) }.map { .seconds($0) })
                } else {
                    await permit.succeed()
                }
                return (response, body)
            } catch {
                // A caller that was cancelled says nothing about the service.
                if Task.isCancelled { await permit.cancel() } else { await permit.fail(error) }
                throw error
            }
        }
    }
}

extension HTTPResponse.Status {
    fileprivate var isFailure: Bool { kind == .serverError || self == .tooManyRequests }
}
