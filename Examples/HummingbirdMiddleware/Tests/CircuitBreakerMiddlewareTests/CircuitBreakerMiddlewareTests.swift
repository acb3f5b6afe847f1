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
            recovery: .init(openTime: .seconds(10), jitter: 0, successesToClose: 1, ramp: .zero)
        )
        let silent = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
        breaker = try CircuitBreaker("quotes", configuration: configuration, clock: clock, logger: silent)
    }

    // The statuses of the answers to GET requests of these addresses, one after the other.
    private func ask(_ addresses: [String], of route: @escaping @Sendable (Request) async throws -> Response) async throws -> [HTTPResponse.Status] {
        let router = Router()
        router.group("/quote").add(middleware: CircuitBreakerMiddleware(breaker)).get { request, _ in try await route(request) }
        return try await Application(router: router).test(.router) { client in
            var statuses: [HTTPResponse.Status] = []
            for address in addresses { statuses.append(try await client.execute(uri: address, method: .get).status) }
            return statuses
        }
    }

    @Test
    func `After two failures the route is not asked any more, and callers learn when to come back`() async throws {
        let statuses = try await ask(["/quote", "/quote", "/quote"]) { _ in Response(status: .badGateway) }
        #expect(statuses == [.badGateway, .badGateway, .serviceUnavailable])
        #expect(breaker.counts.failed == 2)

        let router = Router().add(middleware: CircuitBreakerMiddleware(breaker)).get("/quote") { _, _ in "not reached" }
        let rejected = try await Application(router: router).test(.router) { try await $0.execute(uri: "/quote", method: .get) }
        #expect(rejected.headers[.retryAfter] == "10")
    }

    @Test
    func `A route that throws has failed, and one probe that is well closes the circuit`() async throws {
        let failures = try await ask(["/quote", "/quote"]) { _ in throw Down() }
        #expect(failures == [.internalServerError, .internalServerError])
        #expect(breaker.view.state == .open)

        clock.advance(by: .seconds(10))
        #expect(try await ask(["/quote"]) { _ in Response(status: .ok) } == [.ok])
        #expect(breaker.view.state == .closed)
    }

    @Test
    func `The caller's mistakes say nothing against the route`() async throws {
        let statuses = try await ask(["/quote", "/quote?throw", "/quote", "/quote?throw"]) { request in
            if request.uri.queryParameters["throw"] != nil { throw HTTPError(.badRequest) }
            return Response(status: .notFound)
        }
        #expect(statuses == [.notFound, .badRequest, .notFound, .badRequest])
        #expect(breaker.view.state == .closed)
        #expect(breaker.counts.succeeded == 4)
    }
}
