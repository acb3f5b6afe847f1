//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerHummingbird
import CircuitBreakerTesting
import HTTPTypes
import Hummingbird
import Testing
import TestServers

// The code of the article on Hummingbird servers.
@Suite struct DocumentationTests {
    private struct Down: Error {}

    private func router(_ breaker: CircuitBreaker, quote: @escaping @Sendable () async throws -> String) -> Router<BasicRequestContext> {
        let router = Router()
        router.addCircuitRoutes(of: breaker)
        router.group("/quote")
            .add(middleware: CircuitBreakerMiddleware(breaker))
            .get { _, _ in try await quote() }
        return router
    }

    private func replaced(_ breaker: CircuitBreaker, _ lastQuote: ByteBuffer) -> CircuitBreakerMiddleware<BasicRequestContext> {
        let middleware = CircuitBreakerMiddleware<BasicRequestContext>(
            breaker,
            judging: { status, _ in status == .conflict ? .failure() : nil },
            refusing: { _, _, _ in Response(status: .ok, headers: [.age: "60"], body: .init(byteBuffer: lastQuote)) }
        )
        return middleware
    }

    private func perTenant(_ tenants: CircuitBreakerRegistry) -> CircuitBreakerMiddleware<BasicRequestContext> {
        let middleware = CircuitBreakerMiddleware<BasicRequestContext> { request, _ in
            try tenants.breaker(for: CircuitBreakerRegistry.escaped(String(request.uri.queryParameters["tenant"] ?? "none")))
        }
        return middleware
    }

    @Test func theCodeOfTheArticle() async throws {
        let bench = try Bench()
        let tenants = try CircuitBreakerRegistry(configuration: bench.breaker.configuration, clock: bench.clock)
        let router = router(bench.breaker) { throw Down() }
        router.group("/replaced").add(middleware: replaced(bench.breaker, ByteBuffer(string: "last"))).get { _, _ in "new" }
        router.group("/tenants").add(middleware: perTenant(tenants)).get { _, _ in "quote" }
        try await TestServer.run(router.buildResponder()) { port async throws in
            for _ in 0..<2 { #expect(try await bench.get(port, "/quote").status == 500) }
            bench.clock.advance(by: .seconds(2))
            let problem =
                #"{"detail":"What this depends on is not available at the moment. Try again in 8 s.","status":503,"title":"Service Unavailable","type":"about:blank"}"#
            #expect(try await bench.get(port, "/quote").body == problem)
            let health = #"{"circuits":1,"notClosed":1,"states":{"quotes":"OPEN"},"status":"degraded","storeLost":0}"#
            #expect(try await bench.get(port, "/health").body == health)
            #expect(try await bench.get(port, "/replaced").body == "last")
            #expect(try await bench.get(port, "/tenants?tenant=a%20b").body == "quote")
            #expect(tenants.breakers.map(\.id) == ["a_20b"])
        }
    }
}
