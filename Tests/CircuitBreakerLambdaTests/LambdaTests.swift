//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AsyncHTTPClient
import CircuitBreaker
import CircuitBreakerDynamoDB
import CircuitBreakerLambda
import CircuitBreakerTesting
import Logging
import NIOCore
import NIOHTTP1
import Testing

@testable import LambdaRuntime

struct LambdaTests {
    private struct Down: Error {}

    private let clock = ManualClock()
    private let logger = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }

    private func context(in time: Duration) -> LambdaContext {
        let deadline = LambdaClock.Instant(millisecondsSinceEpoch: clock.now.advanced(by: time).milliseconds)
        return LambdaContext(requestID: "1", deadline: deadline, logger: logger)
    }

    private func breaker() throws -> CircuitBreaker {
        try CircuitBreaker("payments", configuration: .init(policy: .failures(1, within: .seconds(60))), clock: clock, logger: logger)
    }

    @Test
    func `A call that hangs times out by the margin before the invocation's deadline, and the fallback answers`() async throws {
        let breaker = try breaker()
        let context = context(in: .seconds(3))
        let answer = Task {
            try await breaker.run(context: context) {
                try await Task.sleep(for: .seconds(3600))
                return "quote"
            } fallback: { _ in
                "fallback"
            }
        }
        await clock.untilSleeping()
        clock.advance(by: .milliseconds(2249))
        #expect(breaker.counts.timedOut == 0)
        clock.advance(by: .milliseconds(1))
        #expect(try await answer.value == "fallback")
        #expect(breaker.counts.timedOut == 1)
    }

    @Test
    func `Without a fallback, the time limit is an error`() async throws {
        let breaker = try breaker()
        let context = context(in: .seconds(-1))
        await #expect(throws: CircuitBreakerError.self) {
            try await breaker.run(context: context) { "quote" }
        }
        #expect(try await breaker.run(context: self.context(in: .seconds(3))) { "quote" } == "quote")
    }

    @Test
    func `Outside Lambda and without a table, the circuit is in memory, with the settings of variables`() async throws {
        let variables = ["CIRCUITBREAKER_FAILURE_THRESHOLD": "7", "CIRCUITBREAKER_PAYMENTS_TIMEOUT_MS": "1500"]
        let breaker = try await CircuitBreaker.forFunction("payments", prefix: "PAYMENTS", variables: variables, logger: logger)
        #expect(breaker.configuration.policy == .failures(7, within: breaker.configuration.policy.window))
        #expect(breaker.configuration.recovery.openTime == .milliseconds(1500))
        #expect(try await breaker.run { 1 } == 1)
    }

    @Test(arguments: [
        (["AWS_LAMBDA_FUNCTION_NAME": "quotes"], "CIRCUITBREAKER_TABLE"),
        (["CIRCUITBREAKER_TABLE": "a b", "AWS_REGION": "eu-west-1"], "a b"),
        (["CIRCUITBREAKER_FAILURE_THRESHOLD": "none"], "CIRCUITBREAKER_FAILURE_THRESHOLD"),
    ])
    func `What cannot work ends the init phase, by name`(variables: [String: String], name: String) async {
        let error = await #expect(throws: (any Error).self) {
            _ = try await CircuitBreaker.forFunction("payments", variables: variables, logger: logger)
        }
        #expect("\(error.map { "\($0)" } ?? "")".contains(name))
    }

    @Test
    func `A table that cannot be reached ends nothing`() async throws {
        let variables = [
            "CIRCUITBREAKER_TABLE": "circuits", "AWS_REGION": "eu-west-1", "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
            "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b",
        ]
        let breaker = try await CircuitBreaker.forFunction("payments", variables: variables, logger: logger)
        #expect(breaker.counts.storeRequests == 0 || breaker.counts.storeFailures > 0)
        #expect(try await breaker.run { 1 } == 1)
    }

    @Test(.timeLimit(.minutes(2)))
    func `A runtime makes the breaker in its init phase, and each invocation has it`() async throws {
        let configuration = CircuitBreaker.Configuration(policy: .failures(1, within: .seconds(60), share: 0))
        let runtime = LambdaRuntime(circuit: "payments", configuration: configuration) { (order: String, context, breaker) in
            try await breaker.run(context: context) {
                if order == "fail" { throw Down() }
                return "\(breaker.id): \(order)"
            } fallback: { reason in
                "\(reason)"
            }
        }
        let (lines, line) = AsyncStream.makeStream(of: String.self)
        let serving = Task { try await runtime.serve(in: Environment(["LOCAL_LAMBDA_PORT": "0"])) { line.yield($0) } }
        defer { serving.cancel() }
        for await text in lines {
            guard let url = text.firstMatch(of: /http:\/\/127\.0\.0\.1:\d+\//)?.0 else { continue }
            #expect(try await post("\"one\"", to: url) == "\"payments: one\"")
            #expect(try await post("\"fail\"", to: url) == "\"failed: Down()\"")
            #expect(try await post("\"two\"", to: url).contains("rejected: circuit OPEN"))
            return
        }
        Issue.record("the runtime never listened")
    }

    private func post(_ body: String, to url: Substring) async throws -> String {
        var request = HTTPClientRequest(url: url + "invoke")
        request.method = .POST
        request.body = .bytes(Array(body.utf8))
        let answer = try await HTTPClient.shared.execute(request, deadline: .distantFuture)
        return String(buffer: try await answer.body.collect(upTo: 1 << 16))
    }
}
