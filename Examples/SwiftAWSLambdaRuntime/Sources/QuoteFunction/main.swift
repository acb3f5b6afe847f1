//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSLambdaEvents
import AWSLambdaRuntime
import CircuitBreaker
import CircuitBreakerDynamoDB
import Logging
import Quotes

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension LambdaContext: @retroactive CallContext {
    /// When Lambda ends the invocation.
    public var callDeadline: Timestamp { Timestamp(milliseconds: deadline.millisecondsSinceEpoch()) }
}

let logger = Logger(label: "quotes")
// This runtime has no hook for the init phase: what comes before `run()` is in it.
let breaker = try await CircuitBreaker.forFunction("quotes", logger: logger)
let service = QuoteService(url: ProcessInfo.processInfo.environment["UPSTREAM_URL"] ?? "http://127.0.0.1:9000/")
let quotes = Quotes(breaker: breaker, fetch: service.fetch)

let runtime = LambdaRuntime { [quotes] (_: APIGatewayV2Request, context: LambdaContext) -> APIGatewayV2Response in
    let quote = try await quotes.next(context: context, logger: context.logger)
    let body = String(decoding: try JSONEncoder().encode(quote), as: UTF8.self)
    return APIGatewayV2Response(statusCode: .ok, headers: ["content-type": "application/json"], body: body)
}

try await runtime.run()
