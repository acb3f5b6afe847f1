//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerLambda
import LambdaRuntime

let policy = TripPolicy.failures(3, within: .seconds(60))
let runtime = LambdaRuntime(circuit: "payments", configuration: .init(policy: policy)) { (request: APIGatewayV2Request, context, breaker) in
    let quote = try await breaker.run(context: context) {
        try await fetchQuote()
    } fallback: { reason in  // .rejected(rejection), .failed(error) or .timedOut(after:)
        "no quote right now: \(reason)"
    }
    return APIGatewayV2Response(statusCode: 200, body: quote)
}

@Sendable func fetchQuote() async throws -> String { "42.00" }  // your call goes here

runtime.runForever()
