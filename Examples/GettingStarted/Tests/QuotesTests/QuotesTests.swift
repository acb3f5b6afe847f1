//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerTesting
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

        let broken = Quotes(breaker: breaker) { throw Down() }
        for _ in 0..<3 { _ = try await broken.next() }
        #expect(breaker.view.state == .open)
        #expect(breaker.counts.failed == 2)
        #expect(breaker.counts.rejected == 1)

        clock.advance(by: .seconds(10))
        let working = Quotes(breaker: breaker) { "a fresh quote" }
        #expect(try await working.next() == "a fresh quote")
        #expect(breaker.view.state == .halfOpen)
        #expect(try await working.next() == "a fresh quote")
        #expect(breaker.view.state == .closed)
    }
}
