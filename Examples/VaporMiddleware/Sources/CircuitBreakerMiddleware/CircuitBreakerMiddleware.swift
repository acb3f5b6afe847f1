//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import NIOHTTP1
import Vapor

/// Stops asking the routes below it while they fail: callers get 503 with `Retry-After` at once.
///
/// A route fails if it throws, or answers with 429 or 5xx; other answers, the caller's mistakes among them, show that it is well.
public struct CircuitBreakerMiddleware: AsyncMiddleware {
    private let breaker: CircuitBreaker

    /// Creates it.
    /// - Parameter breaker: the circuit of what the routes depend on.
    public init(_ breaker: CircuitBreaker) {
        self.breaker = breaker
    }

    /// Asks the circuit before the route, and tells it how the route ended.
    public func respond(to request: Request, chainingTo next: any AsyncResponder) async throws -> Response {
        switch try await breaker.acquire() {
        case .rejected(let rejection):
            request.logger.debug("Rejected", metadata: ["reason": "\(rejection)"])
            return Response(status: .serviceUnavailable, headers: ["Retry-After": "\(rejection.retryAfterSeconds)"])
        case .permit(let permit):
            let response: Response
            do {
                response = try await next.respond(to: request)
            } catch let error as any AbortError where !error.status.isFailure {
                await permit.succeed()
                throw error
            } catch {
                await permit.fail(error)
                throw error
            }
            if response.status.isFailure {
                await permit.fail(retryAfter: response.headers.first(name: "Retry-After").flatMap { Int64($0) }.map { .seconds($0) })
            } else {
                await permit.succeed()
            }
            return response
        }
    }
}

extension HTTPResponseStatus {
    fileprivate var isFailure: Bool { code >= 500 || self == .tooManyRequests }
}
