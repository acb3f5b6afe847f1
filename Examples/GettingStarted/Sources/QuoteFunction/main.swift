//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerDynamoDB
import LambdaRuntime

let runtime = LambdaRuntime { logger in
    let policy = TripPolicy.failures(3, within: .seconds(60))
    return try CircuitBreaker("payments", store: DynamoDBStore(table: "circuits"), configuration: .init(policy: policy), logger: logger)
} body: { (request: APIGatewayV2Request, context, breaker) in
    let quote = try await breaker.run(deadline: Timestamp(milliseconds: context.deadlineMilliseconds)) {
        try await fetchQuote()
    } fallback: { reason in  // .rejected(rejection), .failed(error) or .timedOut(after:)
        "no quote right now: \(reason)"
    }
    return APIGatewayV2Response(statusCode: 200, body: quote)
}

@Sendable func fetchQuote() async throws -> String { "42.00" }  // your call goes here

runtime.runForever()
