//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerDynamoDB
import CircuitBreakerLambda
import LambdaRuntime
import Quotes

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

let runtime = LambdaRuntime { logger in
    // The init phase: made once, before the first call.
    let breaker = try await CircuitBreaker.forFunction("quotes", logger: logger)
    let service = QuoteService(url: ProcessInfo.processInfo.environment["UPSTREAM_URL"] ?? "http://127.0.0.1:9000/")
    return Quotes(breaker: breaker, fetch: service.fetch)
} body: { (_: APIGatewayV2Request, context, quotes) in
    let quote = try await quotes.next(context: context, logger: context.logger)
    let body = String(decoding: try JSONEncoder().encode(quote), as: UTF8.self)
    return APIGatewayV2Response(statusCode: 200, headers: ["content-type": "application/json"], body: body)
}

runtime.runForever()
