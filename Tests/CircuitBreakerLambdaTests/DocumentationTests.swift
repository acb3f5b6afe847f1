//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerDynamoDB
import CircuitBreakerLambda
import CircuitBreakerTesting
import LambdaRuntime
import Testing

// The code of the article on Lambda functions.

struct Quotes: Sendable {
    let breaker: CircuitBreaker
    let fetch: @Sendable () async throws -> String

    func next(context: some CallContext) async throws -> String {
        try await breaker.run(context: context) {
            try await fetch()
        } fallback: { reason in
            "no quote right now: \(reason)"
        }
    }
}

@Sendable private func fetchQuote() async throws -> String { "42.00" }

private func runtime() {
    let runtime = LambdaRuntime { logger in
        // The init phase: made once, before the first event.
        let policy = TripPolicy.failures(3, within: .seconds(60))
        let breaker = try await CircuitBreaker.forFunction("quotes", configuration: .init(policy: policy), logger: logger)
        return Quotes(breaker: breaker, fetch: fetchQuote)
    } body: { (_: APIGatewayV2Request, context, quotes) in
        APIGatewayV2Response(statusCode: 200, body: try await quotes.next(context: context))
    }
    runtime.runForever()
}

struct Invocation: CallContext {
    var callDeadline: Timestamp
}

struct QuotesTests {
    struct Down: Error {}

    @Test func opensAndCloses() async throws {
        let clock = ManualClock()
        let configuration = CircuitBreaker.Configuration(
            policy: .failures(2, within: .seconds(60)),
            recovery: RecoveryPolicy(openTime: .seconds(10), jitter: 0, successesToClose: 2, ramp: .zero)
        )
        let breaker = try CircuitBreaker("quotes", configuration: configuration, clock: clock)
        let context = Invocation(callDeadline: clock.now.advanced(by: .seconds(30)))

        let broken = Quotes(breaker: breaker) { throw Down() }
        for _ in 0..<2 { _ = try await broken.next(context: context) }
        #expect(breaker.view.state == .open)

        clock.advance(by: .seconds(10))
        let working = Quotes(breaker: breaker) { "42.00" }
        #expect(try await working.next(context: context) == "42.00")
        #expect(breaker.view.state == .halfOpen)
        #expect(try await working.next(context: context) == "42.00")
        #expect(breaker.view.state == .closed)
    }
}
