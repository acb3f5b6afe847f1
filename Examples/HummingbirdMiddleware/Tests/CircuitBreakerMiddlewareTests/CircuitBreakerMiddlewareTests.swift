//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerMiddleware
import CircuitBreakerTesting
import Hummingbird
import HummingbirdTesting
import Logging
import Testing

struct CircuitBreakerMiddlewareTests {
    private struct Down: Error {}

    private let clock = ManualClock()
    private let breaker: CircuitBreaker

    init() throws {
        let configuration = CircuitBreaker.Configuration(
            policy: .failures(2, within: .seconds(60)),
            recovery: .init(openTime: .seconds(10), successesToClose: 1)
        )
        let silent = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
        breaker = try CircuitBreaker("quotes", configuration: configuration, clock: clock, logger: silent)
    }

    private func test(_ route: @escaping @Sendable (Request) async throws -> Response, _ body: (any TestClientProtocol) async throws -> Void)
        async throws
    {
        let router = Router()
        router.group("/quote").add(middleware: CircuitBreakerMiddleware(breaker)).get { request, _ in try await route(request) }
        try await Application(router: router).test(.router, body)
    }

    @Test
    func `After two failures the route is not asked any more, and callers learn when to come back`() async throws {
        let circuit = breaker
        try await test { _ in
            Response(status: .badGateway)
        } _: { client in
            for _ in 0..<2 { #expect(try await client.execute(uri: "/quote", method: .get).status == .badGateway) }
            let rejected = try await client.execute(uri: "/quote", method: .get)
            #expect(rejected.status == .serviceUnavailable)
            #expect(rejected.headers[.retryAfter] == "10")
            #expect(circuit.counts.failed == 2)
        }
    }

    @Test
    func `A route that throws has failed, and one probe that is well closes the circuit`() async throws {
        let circuit = breaker
        try await test { request in
            guard request.uri.queryParameters["well"] != nil else { throw Down() }
            return Response(status: .ok)
        } _: { client in
            for _ in 0..<2 { #expect(try await client.execute(uri: "/quote", method: .get).status == .internalServerError) }
            #expect(circuit.view.state == .open)
            clock.advance(by: .seconds(10))
            #expect(try await client.execute(uri: "/quote?well", method: .get).status == .ok)
            #expect(circuit.view.state == .closed)
        }
    }

    @Test
    func `The caller's mistakes say nothing against the route`() async throws {
        let circuit = breaker
        try await test { request in
            if request.uri.queryParameters["throw"] != nil { throw HTTPError(.badRequest) }
            return Response(status: .notFound)
        } _: { client in
            for _ in 0..<3 {
                #expect(try await client.execute(uri: "/quote", method: .get).status == .notFound)
                #expect(try await client.execute(uri: "/quote?throw", method: .get).status == .badRequest)
            }
            #expect(circuit.view.state == .closed)
            #expect(circuit.counts.succeeded == 6)
        }
    }
}
