//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import CircuitBreaker

// What the function is told by its environment's variables.
package struct ServiceSettings: Sendable {
    package var circuit = "unreliable-service"
    package var successProbability = 0.6
    package var latency = Duration.zero
    package var upstream: UpstreamURL?
    package var upstreamTimeout = Duration.seconds(3)
    package var passesAuthorization = false
    package var breaker = Self.pattern

    // Those of the pattern, as it has them.
    package static let pattern = CircuitBreaker.Configuration(
        policy: .failures(3, within: .seconds(60)),
        recovery: RecoveryPolicy(openTime: .seconds(10), successesToClose: 2),
        judge: UpstreamError.judge
    )

    package init() {}

    // | variable | meaning | default |
    // |---|---|---|
    // | `AWS_LAMBDA_FUNCTION_NAME` | the circuit's id | unreliable-service |
    // | `SUCCESS_PROBABILITY` | from 0 to 1 | 0.6 |
    // | `LATENCY_MS` | how long each call takes | 0 |
    // | `UPSTREAM_URL` | protects calls to this address instead | |
    // | `UPSTREAM_TIMEOUT_MS` | how long such a call may take | 3000 |
    // | `UPSTREAM_AUTHORIZATION` | whether what callers of the function identify themselves with goes there too: drop or pass | drop |
    //
    // and those of `CircuitBreaker.Configuration(environment:base:)`.
    package init(environment: [String: String]) throws(ConfigurationError) {
        func text(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        func milliseconds(_ name: String, from least: Int64) throws(ConfigurationError) -> Duration? {
            guard let text = text(name) else { return nil }
            guard let number = Int64(text), number >= least, .milliseconds(number) <= ConfigurationError.longest else {
                throw ConfigurationError(
                    setting: name,
                    value: "\"\(text)\"",
                    allowed: "a whole number of milliseconds, at least \(least) and at most 366 days"
                )
            }
            return .milliseconds(number)
        }
        circuit = text("AWS_LAMBDA_FUNCTION_NAME") ?? circuit
        if let text = text("SUCCESS_PROBABILITY") {
            guard let number = Double(text), (0...1).contains(number) else {
                throw ConfigurationError(setting: "SUCCESS_PROBABILITY", value: "\"\(text)\"", allowed: "a number from 0 to 1")
            }
            successProbability = number
        }
        latency = try milliseconds("LATENCY_MS", from: 0) ?? latency
        if let text = text("UPSTREAM_URL") { upstream = try UpstreamURL(text) }
        upstreamTimeout = try milliseconds("UPSTREAM_TIMEOUT_MS", from: 1) ?? upstreamTimeout
        if let text = text("UPSTREAM_AUTHORIZATION") {
            guard ["drop", "pass"].contains(text) else {
                throw ConfigurationError(setting: "UPSTREAM_AUTHORIZATION", value: "\"\(text)\"", allowed: "drop or pass")
            }
            passesAuthorization = text == "pass"
        }
        breaker = try CircuitBreaker.Configuration(environment: environment, base: Self.pattern)
    }
}
