//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerMiddleware
import CircuitBreakerTesting
import Logging
import NIOHTTP1
import Testing
import Vapor

struct CircuitBreakerMiddlewareTests {
    private struct Down: Error {}

    private struct Route: AsyncResponder {
        var answer: @Sendable () async throws -> Response

        func respond(to request: Request) async throws -> Response { try await answer() }
    }

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

    private func ask(_ answer: @escaping @Sendable () async throws -> Response) async throws -> Response {
        try await withRequest { try await CircuitBreakerMiddleware(breaker).respond(to: $0, chainingTo: Route(answer: answer)) }
    }

    @Test
    func `After two failures the route is not asked any more, and callers learn when to come back`() async throws {
        for _ in 0..<2 { #expect(try await ask { Response(status: .badGateway) }.status == .badGateway) }
        let rejected = try await ask { Response(status: .ok) }
        #expect(rejected.status == .serviceUnavailable)
        #expect(rejected.headers.first(name: "Retry-After") == "10")
        #expect(breaker.counts.failed == 2)
    }

    @Test
    func `A route that throws has failed, and one probe that is well closes the circuit`() async throws {
        for _ in 0..<2 {
            await #expect(throws: Down.self) { try await ask { throw Down() } }
        }
        #expect(breaker.view.state == .open)
        clock.advance(by: .seconds(10))
        #expect(try await ask { Response(status: .ok) }.status == .ok)
        #expect(breaker.view.state == .closed)
    }

    @Test
    func `The caller's mistakes say nothing against the route`() async throws {
        for _ in 0..<2 {
            #expect(try await ask { Response(status: .notFound) }.status == .notFound)
            await #expect(throws: Abort.self) { try await ask { throw Abort(.badRequest) } }
        }
        #expect(breaker.counts.succeeded == 4)
    }
}
