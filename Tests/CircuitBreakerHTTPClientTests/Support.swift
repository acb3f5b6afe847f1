//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AsyncHTTPClient
import CircuitBreaker
import CircuitBreakerHTTPClient
import CircuitBreakerTesting
import Logging
import NIOCore
import TestServers

// A circuit, and a client for what it protects.
struct Bench: Sendable {
    let clock = ManualClock()
    let breaker: CircuitBreaker
    let client: HTTPClient

    init(timeout: Duration? = nil) throws {
        let configuration = CircuitBreaker.Configuration(
            policy: .failures(2, within: .seconds(60)),
            recovery: .init(openTime: .seconds(10), jitter: 0, successesToClose: 1, ramp: .zero),
            timeout: timeout
        )
        let silent = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
        breaker = try CircuitBreaker("quotes", configuration: configuration, clock: clock, logger: silent)
        let client = HTTPClient.Configuration(timeout: .init(connect: .seconds(60)))
        self.client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: .forCircuits(client))
    }

    // With a server that answers by scripts, one for each connection.
    static func run(
        _ scripts: [[ScriptedServer.Step]],
        timeout: Duration? = nil,
        _ body: (Bench, ScriptedServer, HTTPClientRequest) async throws -> Void
    ) async throws {
        let bench = try Bench(timeout: timeout)
        let server = ScriptedServer(scripts)
        let request = HTTPClientRequest(url: "http://127.0.0.1:\(try await server.start())/")
        let result: Result<Void, any Error>
        do { result = .success(try await body(bench, server, request)) } catch { result = .failure(error) }
        try await bench.client.shutdown()
        try await server.stop()
        try result.get()
    }

    // Waits for what is counted after a caller has gone on.
    func counts(when isReached: (CircuitBreaker.Counts) -> Bool) async -> CircuitBreaker.Counts {
        while !isReached(breaker.counts) { await Task.yield() }
        return breaker.counts
    }
}

extension ScriptedServer.Step {
    static func status(_ status: Int, _ headers: String = "") -> Self {
        .send("HTTP/1.1 \(status) Test\r\n\(headers)Content-Length: 2\r\n\r\nno")
    }

    // A head, and a part of its body.
    static let part = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\npart"
}
