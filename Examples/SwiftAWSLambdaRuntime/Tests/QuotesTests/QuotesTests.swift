//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerTesting
import Logging
import Quotes
import Testing

struct Invocation: CallContext {
    var callDeadline: Timestamp
}

struct QuotesTests {
    private struct Down: Error {}

    private let clock = ManualClock()
    private let logger = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }

    private var context: Invocation { Invocation(callDeadline: clock.now.advanced(by: .seconds(3))) }

    private func breaker() throws -> CircuitBreaker {
        try CircuitBreaker("quotes", configuration: .init(policy: .failures(2, within: .seconds(60))), clock: clock, logger: logger)
    }

    @Test
    func `A service that is well is asked each time`() async throws {
        let quotes = Quotes(breaker: try breaker()) { "Ask me." }
        for _ in 0..<3 {
            #expect(try await quotes.next(context: context, logger: logger) == Quote(text: "Ask me.", isFresh: true))
        }
    }

    @Test
    func `A service that is down is left alone after two failures, and everybody gets an answer`() async throws {
        let breaker = try breaker()
        let quotes = Quotes(breaker: breaker) { throw Down() }
        for _ in 0..<10 {
            #expect(try await quotes.next(context: context, logger: logger) == .fallback)
        }
        #expect(breaker.view.state == .open)
        #expect(breaker.counts.failed == 2)
        #expect(breaker.counts.rejected == 8)
    }

    @Test
    func `A call that hangs times out before Lambda ends the invocation`() async throws {
        let breaker = try breaker()
        let quotes = Quotes(breaker: breaker) {
            try await Task.sleep(for: .seconds(3600))
            return ""
        }
        let answer = Task { try await quotes.next(context: context, logger: logger) }
        await clock.untilSleeping()
        // The default margin of 750 ms before the deadline.
        clock.advance(by: .milliseconds(2250))
        #expect(try await answer.value == .fallback)
        #expect(breaker.counts.timedOut == 1)
    }
}
