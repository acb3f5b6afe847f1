//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerTesting
import Hummingbird
import HummingbirdTesting
import Quotes
import Testing

struct QuotesTests {
    struct Down: Error {}

    @Test func opensAndCloses() async throws {
        let clock = ManualClock()
        let configuration = CircuitBreaker.Configuration(
            policy: .failures(2, within: .seconds(60)),
            recovery: RecoveryPolicy(openTime: .seconds(10), jitter: 0, successesToClose: 2, ramp: .zero)
        )
        let breaker = try CircuitBreaker("quotes", configuration: configuration, clock: clock)

        let down = Application(router: quoteRouter(breaker) { throw Down() })
        try await down.test(.router) { client async throws in
            for _ in 0..<2 { #expect(try await client.execute(uri: "/quote", method: .get).status == .internalServerError) }
            let rejected = try await client.execute(uri: "/quote", method: .get)
            #expect(rejected.status == .serviceUnavailable)
            #expect(rejected.headers[.retryAfter] == "10")
            // The server itself is well.
            #expect(try await client.execute(uri: "/health", method: .get).status == .ok)
        }
        #expect(breaker.view.state == .open)

        clock.advance(by: .seconds(10))
        let back = Application(router: quoteRouter(breaker) { Response(status: .ok) })
        try await back.test(.router) { client async throws in
            #expect(try await client.execute(uri: "/quote", method: .get).status == .ok)
            #expect(breaker.view.state == .halfOpen)
            #expect(try await client.execute(uri: "/quote", method: .get).status == .ok)
        }
        #expect(breaker.view.state == .closed)
    }
}
