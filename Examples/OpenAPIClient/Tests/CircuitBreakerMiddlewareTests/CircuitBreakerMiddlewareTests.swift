//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerMiddleware
import CircuitBreakerTesting
import Foundation
import HTTPTypes
import Logging
import OpenAPIRuntime
import Testing

struct CircuitBreakerMiddlewareTests {
    private struct Down: Error {}

    private let clock = ManualClock()
    private let circuits: CircuitBreakerRegistry

    init() throws {
        let configuration = CircuitBreaker.Configuration(
            policy: .failures(2, within: .seconds(60)),
            recovery: .init(openTime: .seconds(10), jitter: 0, successesToClose: 1, ramp: .zero)
        )
        let silent = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
        circuits = try CircuitBreakerRegistry(configuration: configuration, clock: clock, logger: silent)
    }

    // Calls a host through the middleware.
    private func call(
        _ host: String = "api.example.com",
        _ answer: @escaping @Sendable () async throws -> HTTPResponse
    ) async throws -> HTTPResponse.Status {
        let url = try #require(URL(string: "https://\(host)/v1"))
        let request = HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/quotes")
        let (response, _) = try await CircuitBreakerMiddleware(circuits).intercept(request, body: nil, baseURL: url, operationID: "getQuote") {
            _,
            _,
            _ in (try await answer(), nil)
        }
        return response.status
    }

    @Test
    func `After two failures a host is not called any more, for as long as it asked, and others are`() async throws {
        for _ in 0..<2 {
            let status = try await call { HTTPResponse(status: .serviceUnavailable, headerFields: [.retryAfter: "20"]) }
            #expect(status == .serviceUnavailable)
        }
        let rejection = await #expect(throws: Rejection.self) { try await call { HTTPResponse(status: .ok) } }
        #expect(rejection?.retryAfterSeconds == 20)
        #expect(try await call("other.example.com") { HTTPResponse(status: .ok) } == .ok)

        clock.advance(by: .seconds(20))
        #expect(try await call { HTTPResponse(status: .ok) } == .ok)
        #expect(try circuits.breaker(for: "api.example.com").view.state == .closed)
    }

    @Test
    func `A call that throws has failed, and the caller gets its error`() async throws {
        for _ in 0..<2 {
            await #expect(throws: Down.self) { try await call { throw Down() } }
        }
        #expect(try circuits.breaker(for: "api.example.com").view.state == .open)
    }

    @Test
    func `The caller's mistakes, and a caller that is cancelled, say nothing against the host`() async throws {
        for _ in 0..<4 { #expect(try await call { HTTPResponse(status: .notFound) } == .notFound) }
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        let cancelled = Task {
            try await call {
                begin.finish()
                try await Task.sleep(for: .seconds(3600))
                return HTTPResponse(status: .ok)
            }
        }
        for await _ in begun {}
        cancelled.cancel()
        _ = await cancelled.result
        let breaker = try circuits.breaker(for: "api.example.com")
        #expect((breaker.counts.succeeded, breaker.counts.failed, breaker.counts.returnedUnused) == (4, 0, 1))
    }
}
