//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerTesting
import Hummingbird
import HummingbirdTesting
import Logging
import Quotes
import Testing

struct QuotesTests {
    private struct Down: Error {}

    private let clock = ManualClock()
    private let breaker: CircuitBreaker

    init() throws {
        let configuration = CircuitBreaker.Configuration(
            policy: .failures(2, within: .seconds(60)),
            recovery: .init(openTime: .seconds(10), jitter: 0, successesToClose: 1, ramp: .zero)
        )
        let silent = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
        breaker = try CircuitBreaker("quotes", configuration: configuration, clock: clock, logger: silent)
    }

    @Test
    func `After two failures callers learn when to come back, and once the service is back they get its quote`() async throws {
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
        }
        #expect(breaker.view.state == .closed)
    }
}
