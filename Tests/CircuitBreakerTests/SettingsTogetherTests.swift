//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import Testing

@Suite("Settings that fit only together") struct SettingsTogetherTests {
    private static func read(_ given: [String: String], prefix: String? = nil, base: CircuitBreaker.Configuration = .init()) throws
        -> CircuitBreaker.Configuration
    {
        let variables = Dictionary(uniqueKeysWithValues: given.map { ("CIRCUITBREAKER_" + $0, $1) })
        return try CircuitBreaker.Configuration(variables: variables, prefix: prefix, base: base)
    }

    @Test(
        "errors name both, as they were given",
        arguments: [
            (["MAX_TIMEOUT_MS": "1"], ["CIRCUITBREAKER_MAX_TIMEOUT_MS is \"1\"", "at least CIRCUITBREAKER_TIMEOUT_MS, which is 10"]),
            (
                ["MAX_TIMEOUT_MS": "20000", "P_TIMEOUT_MS": "30000"],
                ["_MAX_TIMEOUT_MS is \"20000\"", "at least CIRCUITBREAKER_P_TIMEOUT_MS, which is \"30000\""]
            ),
            (
                ["P_CALL_TIMEOUT_MS": "8000", "LEASE_MS": "7000"],
                ["CIRCUITBREAKER_LEASE_MS is \"7000\"", "at least CIRCUITBREAKER_P_CALL_TIMEOUT_MS, which is \"8000\""]
            ),
            (
                ["FAILURE_RATE": "0.5", "FAILURE_THRESHOLD": "3"],
                ["CIRCUITBREAKER_FAILURE_THRESHOLD is \"3\"", "CIRCUITBREAKER_FAILURE_RATE makes it failureRate"]
            ),
            (["FAILURE_RATE": "0.5", "POLICY": "failures"], ["CIRCUITBREAKER_FAILURE_RATE is \"0.5\"", "CIRCUITBREAKER_POLICY makes it failures"]),
            (["MINIMUM_CALLS": "9", "POLICY": "consecutiveFailures"], ["CIRCUITBREAKER_MINIMUM_CALLS", "makes it consecutiveFailures"]),
            (["SLOW_CALL_RATE": "0.5"], ["CIRCUITBREAKER_SLOW_CALL_RATE is \"0.5\"", "together with CIRCUITBREAKER_SLOW_CALL_DURATION_MS"]),
            (["P_SLOW_CALL_DURATION_MS": "5"], ["CIRCUITBREAKER_P_SLOW_CALL_DURATION_MS", "together with CIRCUITBREAKER_P_SLOW_CALL_RATE"]),
            (["SLOW_CALL_MINIMUM_CALLS": "5"], ["CIRCUITBREAKER_SLOW_CALL_MINIMUM_CALLS", "together with CIRCUITBREAKER_SLOW_CALL_RATE"]),
        ]
    )
    func named(given: [String: String], words: [String]) {
        let prefix = given.keys.contains { $0.hasPrefix("P_") } || words.contains { $0.contains("_P_") } ? "P" : nil
        let error = #expect(throws: ConfigurationError.self) { try Self.read(given, prefix: prefix) }
        for word in words { #expect(error?.description.contains(word) == true, "\(error?.description ?? "")") }
    }

    @Test("the last way that says something of the policy decides")
    func policy() throws {
        let all = ["POLICY": "failureRate", "FAILURE_RATE": "0.3", "MINIMUM_CALLS": "50"]
        #expect(try Self.read(all).policy == .failureRate(0.3, minimumCalls: 50, within: .seconds(60)))
        let other = all.merging(["P_FAILURE_RATE": "0.2"]) { $1 }
        #expect(try Self.read(other, prefix: "P").policy == .failureRate(0.2, minimumCalls: 50, within: .seconds(60)))
        let back = all.merging(["P_FAILURE_THRESHOLD": "7"]) { $1 }
        #expect(try Self.read(back, prefix: "P").policy == .failures(7, within: .seconds(60)))
        #expect(
            try Self.read(["POLICY": "consecutiveFailures"], base: .init(policy: .failures(9, within: .seconds(60)))).policy
                == .consecutiveFailures(9)
        )
        #expect(try Self.read(["MINIMUM_CALLS": "9"]).policy == .failureRate(0.5, minimumCalls: 9, within: .seconds(60)))
        let slow = TripPolicy.failures(5, within: .seconds(60)).orSlowCalls(0.5, longerThan: .seconds(1), minimumCalls: 3).minimumReporters(2)
        #expect(try Self.read(["FAILURE_THRESHOLD": "6"], base: .init(policy: slow)).policy.slow == slow.slow)
        #expect(try Self.read(["SLOW_CALL_RATE": "off"], base: .init(policy: slow)).policy == .failures(5, within: .seconds(60)).minimumReporters(2))
        #expect(try Self.read(["CALL_TIMEOUT_MS": "off"], base: .init(timeout: .seconds(1))).timeout == nil)
    }

    @Test(
        "a window shorter than a view may be old is refused, as are a lease that the store's answer alone may outlast and one of a year",
        arguments: [
            (.init(policy: .failures(3, within: .milliseconds(1))), "window is 0.001 seconds, but must be at least maxViewAge, which is 1.0 seconds"),
            (.init(recovery: .init(lease: .milliseconds(99))), "lease is 0.099 seconds, but must be from 100 ms to 1 hour"),
            (.init(recovery: .init(lease: .seconds(365 * 86400))), "lease is 31536000.0 seconds, but must be from 100 ms to 1 hour"),
        ] as [(CircuitBreaker.Configuration, String)]
    )
    func useless(configuration: CircuitBreaker.Configuration, words: String) {
        let error = #expect(throws: ConfigurationError.self) { try CircuitBreaker("a", configuration: configuration) }
        #expect(error?.description == words)
    }

    @Test("a cap that nobody gave gives way to a longer open time")
    func cap() throws {
        #expect(try Self.read(["TIMEOUT_MS": "90000"]).recovery.maximumOpenTime == .seconds(90))
    }

    @Test(
        "a prefix that would make a name mean two settings is refused",
        arguments: [
            "", "payments", "A B", "_A", "A_", "Ä", "CALL", "MAX", "STORE", "STORE_CALL", "SLOW_CALL", "X_SLOW_CALL",
            String(repeating: "A", count: 65),
        ]
    )
    func badPrefixes(prefix: String) {
        let error = #expect(throws: ConfigurationError.self) { try CircuitBreaker.Configuration(variables: [:], prefix: prefix) }
        #expect(error?.setting == "prefix")
    }

    @Test("allowed prefixes", arguments: ["PAYMENTS", "A", "EU_WEST_1", "TIMEOUT", "STORES"])
    func prefixes(prefix: String) throws {
        let variables = ["CIRCUITBREAKER_\(prefix)_PROBES": "7"]
        #expect(try CircuitBreaker.Configuration(variables: variables, prefix: prefix).recovery.probes == 7)
    }
}
