//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AsyncHTTPClient
import CircuitBreaker
import CircuitBreakerHTTPClient
import CircuitBreakerTesting
import NIOCore
import NIOHTTP1
import Testing
import TestServers

// The code of the article on HTTP requests.
@Suite(.timeLimit(.minutes(1))) struct DocumentationTests {
    @Test func theCodeOfTheArticle() async throws {
        try await Bench.run([[.ok], [.ok, .ok, .ok, .status(404)]]) { bench, server, request async throws in
            let (breaker, url) = (bench.breaker, request.url)
            try await ask(url, breaker)
            let client = bench.client
            try await readToTheEnd(client, request, breaker)
            #expect(breaker.counts.succeeded == 2)
            try await askHosts(client, request)
            try await askForTenants(client, request)
            try await judge(client, request, breaker)
        }
    }

    @Test func opensAndCloses() async throws {
        try await Bench.run([[.ok, .ok], [.ok, .ok]]) { _, _, request async throws in
            try await openAndClose(workingURL: request.url)
        }
    }

    private func openAndClose(workingURL: String) async throws {
        let clock = ManualClock()
        let configuration = CircuitBreaker.Configuration(
            policy: .failures(2, within: .seconds(60)),
            recovery: RecoveryPolicy(openTime: .seconds(10), jitter: 0, successesToClose: 2, ramp: .zero)
        )
        let breaker = try CircuitBreaker("quotes", configuration: configuration, clock: clock)
        let client = HTTPClient(configuration: .forCircuits())
        let working = HTTPClientRequest(url: workingURL)

        // Nobody listens on port 1.
        let broken = HTTPClientRequest(url: "http://127.0.0.1:1/")
        for _ in 0..<2 { await #expect(throws: (any Error).self) { try await client.execute(broken, through: breaker) } }
        #expect(breaker.view.state == .open)
        await #expect(throws: CircuitBreakerError.self) { try await client.execute(working, through: breaker) }

        clock.advance(by: .seconds(10))
        #expect(try await client.execute(working, through: breaker).status == .ok)
        #expect(breaker.view.state == .halfOpen)
        #expect(try await client.execute(working, through: breaker).status == .ok)
        #expect(breaker.view.state == .closed)
        try await client.shutdown()
    }

    private func ask(_ url: String, _ breaker: CircuitBreaker) async throws {
        let client = HTTPClient(configuration: .forCircuits(.init(timeout: .init(connect: .seconds(1), read: .seconds(10)))))
        let response = try await client.execute(HTTPClientRequest(url: url), through: breaker, timeout: .seconds(3))
        _ = try await response.body.collect(upTo: 10)
        try await client.shutdown()
    }

    private func judge(_ client: HTTPClient, _ request: HTTPClientRequest, _ breaker: CircuitBreaker) async throws {
        let response = try await client.execute(request, through: breaker) { response in
            response.status == .notFound ? .failure() : nil
        }
        _ = try await response.body.collect(upTo: 10)
    }

    private func readToTheEnd(_ client: HTTPClient, _ request: HTTPClientRequest, _ breaker: CircuitBreaker) async throws {
        let response = try await client.execute(request, through: breaker, timeout: .seconds(30), untilBodyEnds: true)
        for try await chunk in response.body { print(chunk.readableBytes) }
    }

    private func askHosts(_ client: HTTPClient, _ request: HTTPClientRequest) async throws {
        let hosts = try CircuitBreakerRegistry(prefix: "http:")
        let response = try await client.execute(request, through: hosts)
        _ = try await response.body.collect(upTo: 10)
        #expect(hosts.breakers.first?.id.hasPrefix("http:127.0.0.1:") == true)
    }

    private func askForTenants(_ client: HTTPClient, _ request: HTTPClientRequest) async throws {
        let tenants = try CircuitBreakerRegistry(prefix: "tenant:")
        let response = try await client.execute(
            request,
            through: tenants,
            keyedBy: { request in
                CircuitBreakerRegistry.escaped(request.headers.first(name: "x-tenant") ?? "none")
            }
        )
        _ = try await response.body.collect(upTo: 10)
        #expect(tenants.breakers.map(\.id) == ["tenant:none"])
    }
}
