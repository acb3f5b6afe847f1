//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerHummingbird
import Hummingbird

/// The routes of the server: `/quote` depends on another service and is protected; `/health` and `/circuits` show the state of its circuit.
/// - Parameters:
///   - breaker: the circuit of the other service.
///   - quote: asks it.
/// - Returns: the router.
public func quoteRouter(_ breaker: CircuitBreaker, quote: @escaping @Sendable () async throws -> Response) -> Router<BasicRequestContext> {
    let router = Router()
    router.addCircuitRoutes(of: breaker)
    router.group("/quote")
        .add(middleware: CircuitBreakerMiddleware(breaker))
        .get { _, _ in try await quote() }
    return router
}
