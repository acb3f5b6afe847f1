//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AsyncHTTPClient
import CircuitBreaker
import CircuitBreakerTesting
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import TestServers

struct Answer: Sendable {
    var status: Int
    var headers: HTTPHeaders
    var body: String
}

// A server, its circuit, and a client for it.
struct Bench: Sendable {
    let clock = ManualClock()
    let breaker: CircuitBreaker
    let client = HTTPClient.shared

    init(timeout: Duration? = nil) throws {
        let configuration = CircuitBreaker.Configuration(
            policy: .failures(2, within: .seconds(60)),
            recovery: .init(openTime: .seconds(10), jitter: 0, successesToClose: 1, ramp: .zero),
            timeout: timeout
        )
        let silent = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
        breaker = try CircuitBreaker("quotes", configuration: configuration, clock: clock, logger: silent)
    }

    func serve(_ add: (Router<BasicRequestContext>) -> Void, _ body: @escaping @Sendable (Int) async throws -> Void) async throws {
        let router = Router()
        add(router)
        try await TestServer.run(router.buildResponder()) { try await body($0) }
    }

    func get(_ port: Int, _ path: String, _ method: HTTPMethod = .GET) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = method
        let response = try await client.execute(request, timeout: .seconds(60))
        let body = try await response.body.collect(upTo: 1 << 20)
        return Answer(status: Int(response.status.code), headers: response.headers, body: String(buffer: body))
    }

    // Waits for what is counted after an answer has gone.
    func counts(when isReached: (CircuitBreaker.Counts) -> Bool) async -> CircuitBreaker.Counts {
        while !isReached(breaker.counts) { await Task.yield() }
        return breaker.counts
    }
}
