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

@Suite(.timeLimit(.minutes(1))) struct RegistryTests {
    @Test func eachHostHasACircuitOfItsOwn() async throws {
        try await Bench.run([[.status(500), .status(500)]]) { bench, server, request async throws in
            let registry = try CircuitBreakerRegistry(prefix: "host:", configuration: bench.breaker.configuration, clock: bench.clock)
            let other = ScriptedServer([[.ok, .ok]])
            let otherRequest = HTTPClientRequest(url: "http://127.0.0.1:\(try await other.start())/path?query")
            for _ in 0..<2 { _ = try await bench.client.execute(request, through: registry).body.collect(upTo: 10) }
            await #expect(throws: CircuitBreakerError.self) { try await bench.client.execute(request, through: registry) }
            let response = try await bench.client.execute(otherRequest, through: registry, untilBodyEnds: true)
            #expect(String(buffer: try await response.body.collect(upTo: 10)) == "ok")
            #expect(registry.breakers.count == 2)
            #expect(registry.breakers.allSatisfy { $0.id.hasPrefix("host:127.0.0.1:") })
            try await other.stop()
        }
    }

    @Test func soHasWhatAFunctionOfTheRequestSays() async throws {
        try await Bench.run([[.ok, .ok]]) { bench, server, request async throws in
            let registry = try CircuitBreakerRegistry(clock: bench.clock)
            for method in ["GET", "PUT"] {
                var request = request
                request.method = .init(rawValue: method)
                _ = try await bench.client.execute(request, through: registry, keyedBy: { $0.method.rawValue }).body.collect(upTo: 10)
            }
            #expect(registry.breakers.map(\.id).sorted() == ["GET", "PUT"])
        }
    }

    private func key(_ url: String) throws -> String { try CircuitKey.host(of: HTTPClientRequest(url: url)) }

    @Test(arguments: [
        ("http://example.com", "example.com:80"), ("https://example.com/path?query#part", "example.com:443"),
        ("HTTP://user:secret@EXAMPLE.com:8080/", "example.com:8080"), ("http://[::1]:9000/", "_3A_3A1:9000"),
        ("http://[::1]/", "_3A_3A1:80"), ("http://a_b/", "a_5Fb:80"), ("http+unix://%2Ftmp%2Fa.sock/path", "_unix:_2Ftmp_2Fa.sock"),
        ("unix:///tmp/a.sock", "_unix:_2Ftmp_2Fa.sock"),
    ])
    func keys(url: String, expected: String) throws {
        #expect(try key(url) == expected)
        // It is an id.
        #expect(try CircuitBreaker(expected).id == expected)
    }

    @Test(arguments: ["", "no address", "http:///path", "ftp://example.com", "http+unix:///path", "example.com"])
    func anAddressWithoutAHostIsTheClientsError(url: String) throws {
        #expect(throws: HTTPClientError.self) { try key(url) }
    }

    @Test func aKeyThatMakesNoIdIsAnError() async throws {
        try await Bench.run([]) { bench, server, request async throws in
            let registry = try CircuitBreakerRegistry()
            let long = HTTPClientRequest(url: "http://\(String(repeating: "a", count: 300)).com/")
            await #expect(throws: ConfigurationError.self) { try await bench.client.execute(long, through: registry) }
            #expect(registry.breakers.isEmpty)
        }
    }
}
