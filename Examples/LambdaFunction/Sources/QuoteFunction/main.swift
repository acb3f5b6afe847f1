//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerDynamoDB
import LambdaRuntime
import Quotes

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

let runtime = LambdaRuntime { logger in
    // The init phase: made once, before the first call.
    let environment = ProcessInfo.processInfo.environment
    let store: any CircuitStore = environment["CIRCUITBREAKER_TABLE"] == nil ? InMemoryStore() : DynamoDBStore(logger: logger)
    let breaker = try CircuitBreaker("quotes", store: store, configuration: .init(variables: environment), logger: logger)
    do {
        try await breaker.prepare()
    } catch {
        // Calls go on anyway: each environment then protects itself.
        logger.error("The circuit's record cannot be read", metadata: ["error": "\(error)"])
    }
    let service = QuoteService(url: environment["UPSTREAM_URL"] ?? "http://127.0.0.1:9000/")
    return Quotes(breaker: breaker, fetch: service.fetch)
} body: { (_: APIGatewayV2Request, context, quotes) in
    let deadline = Timestamp(milliseconds: context.deadline.millisecondsSinceEpoch())
    let quote = try await quotes.next(deadline: deadline, logger: context.logger)
    let body = String(decoding: try JSONEncoder().encode(quote), as: UTF8.self)
    return APIGatewayV2Response(statusCode: 200, headers: ["content-type": "application/json"], body: body)
}

runtime.runForever()
