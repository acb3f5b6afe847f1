//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import Hummingbird

/// Stops asking the routes below it while they fail: callers get 503 with `Retry-After` at once.
///
/// A route fails if it throws, or answers with 429 or 5xx; other answers, the caller's mistakes among them, show that it is well.
public struct CircuitBreakerMiddleware<Context: RequestContext>: RouterMiddleware {
    private let breaker: CircuitBreaker

    /// Creates it.
    /// - Parameter breaker: the circuit of what the routes depend on.
    public init(_ breaker: CircuitBreaker) {
        self.breaker = breaker
    }

    /// Asks the circuit before the route, and tells it how the route ended.
    public func handle(_ request: Request, context: Context, next: (Request, Context) async throws -> Response) async throws -> Response {
        switch try await breaker.acquire() {
        case .rejected(let rejection):
            context.logger.debug("Rejected", metadata: ["reason": "\(rejection)"])
            return Response(status: .serviceUnavailable, headers: [.retryAfter: "\(rejection.retryAfterSeconds)"])
        case .permit(let permit):
            let response: Response
            do {
                response = try await next(request, context)
            } catch let error as HTTPError where !error.status.isFailure {
                await permit.succeed()
                throw error
            } catch {
                await permit.fail(error)
                throw error
            }
            if response.status.isFailure {
                await permit.fail(retryAfter: response.headers[.retryAfter].flatMap { Int64($0) }.map { .seconds($0) })
            } else {
                await permit.succeed()
            }
            return response
        }
    }
}

extension HTTPResponse.Status {
    fileprivate var isFailure: Bool { kind == .serverError || self == .tooManyRequests }
}
