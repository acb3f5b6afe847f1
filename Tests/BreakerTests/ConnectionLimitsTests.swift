//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import LocalFleet
import Logging
import NIOCore
import Testing
import UnreliableService

@testable import breaker

// With limits that pass while a test looks.
@Suite(.timeLimit(.minutes(1))) struct ConnectionLimitsTests {
    private func serving(_ limits: ConnectionLimits, latency: Duration = .zero, _ body: (String) async throws -> Void) async throws {
        var quiet = Logger(label: "test")
        quiet.logLevel = .critical
        let (store, logger) = (InMemoryStore(), quiet)
        let fleet = try LocalFleet(capacity: 10, idleLimit: .seconds(300), functionTimeout: .seconds(60)) {
            (environment) throws(ConfigurationError) in
            let breaker = try CircuitBreaker(
                "test",
                store: store,
                configuration: ServiceSettings.pattern,
                environment: environment,
                logger: logger
            )
            let dependency = UnreliableDependency(successProbability: 1, latency: latency)
            return UnreliableService(breaker: breaker, dependency: dependency, logger: logger)
        }
        let server = LocalServer(fleet: fleet, circuit: "test", store: store, dashboard: nil, port: 0, logger: logger, limits: limits)
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run { continuation.yield($0) } }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next(isolation: #isolation))
            let result: Result<Void, any Error>
            do { result = .success(try await body("http://127.0.0.1:\(port)")) } catch { result = .failure(error) }
            group.cancelAll()
            while (try? await group.next()) != nil {}
            try result.get()
        }
    }

    @Test(arguments: ["", "GET / HTTP/1.1\r\nHost: ", "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\n\r\nx"])
    func whatIsUnfinishedIsDropped(start: String) async throws {
        try await serving(ConnectionLimits(idle: .milliseconds(100), request: .milliseconds(100))) { address in
            let answer = try await RawConnection.open(address) { talk in
                if !start.isEmpty { try await talk.send(start) }
                return try await talk.receive()
            }
            #expect(!answer.contains("Success"))
        }
    }

    @Test func anAnswerMayTakeLonger() async throws {
        try await serving(ConnectionLimits(idle: .milliseconds(100), request: .milliseconds(100)), latency: .milliseconds(500)) { address in
            let answer = try await RawConnection.open(address) { talk in
                try await talk.send("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                // And the connection is dropped when it idles again.
                return try await talk.receive()
            }
            #expect(answer.hasSuffix(#"{"message":"Success"}"#))
        }
    }
}
