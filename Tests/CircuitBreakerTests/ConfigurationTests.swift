//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import Testing

@Suite("Configuration")
struct ConfigurationTests {
    @Test("defaults are those of circuitbreaker-lambda")
    func defaults() throws {
        let configuration = try CircuitBreaker.Configuration(variables: [:])
        #expect(configuration.policy == .failures(5, within: .seconds(60)))
        #expect(configuration.recovery.successesToClose == 2)
        #expect(configuration.recovery.openTime == .seconds(10))
        #expect(configuration.recovery.maximumOpenTime == .seconds(10))
    }

    @Test("its variables are read by its names, in its units")
    func variables() throws {
        let configuration = try CircuitBreaker.Configuration(variables: [
            "CIRCUITBREAKER_FAILURE_THRESHOLD": "3", "CIRCUITBREAKER_SUCCESS_THRESHOLD": "4", "CIRCUITBREAKER_TIMEOUT_MS": "90000",
            "CIRCUITBREAKER_WINDOW_DURATION_MS": "30000", "CIRCUITBREAKER_PROBES": "2", "CIRCUITBREAKER_LEASE_MS": "7000",
            "CIRCUITBREAKER_RAMP_MS": "0", "CIRCUITBREAKER_JITTER": "0.25", "CIRCUITBREAKER_MAX_VIEW_AGE_MS": "500",
            "CIRCUITBREAKER_MAX_CLOCK_SKEW_MS": "0", "CIRCUITBREAKER_STORE_TIMEOUT_MS": "100", "CIRCUITBREAKER_ON_STORE_LOSS": "reject",
            "CIRCUITBREAKER_CALL_TIMEOUT_MS": "6000", "CIRCUITBREAKER_DEADLINE_MARGIN_MS": "250", "CIRCUITBREAKER_TABLE": "ignored here",
        ])
        #expect(configuration.policy == .failures(3, within: .seconds(30)))
        #expect(configuration.recovery.successesToClose == 4 && configuration.recovery.probes == 2)
        #expect(configuration.recovery.openTime == .seconds(90) && configuration.recovery.maximumOpenTime == .seconds(90))
        #expect(configuration.recovery.lease == .seconds(7) && configuration.recovery.jitter == 0.25)
        #expect(configuration.sharing.maxViewAge == .milliseconds(500) && configuration.sharing.onStoreLoss == .reject)
        #expect(configuration.sharing.storeTimeout == .milliseconds(100) && configuration.sharing.maxClockSkew == .zero)
        #expect(configuration.timeout == .seconds(6) && configuration.deadlineMargin == .milliseconds(250))
    }

    @Test("the deadline's margin can be switched off, and is on by default")
    func deadlineMargin() throws {
        #expect(try CircuitBreaker.Configuration(variables: [:]).deadlineMargin == .milliseconds(750))
        #expect(try CircuitBreaker.Configuration(variables: ["CIRCUITBREAKER_DEADLINE_MARGIN_MS": "0"]).deadlineMargin == .zero)
        #expect(try CircuitBreaker.Configuration(variables: ["CIRCUITBREAKER_DEADLINE_MARGIN_MS": "off"]).deadlineMargin == nil)
    }

    @Test("empty variables count as missing, and a base stays where none is set")
    func base() throws {
        let base = CircuitBreaker.Configuration(policy: .consecutiveFailures(7), recovery: .init(openTime: .seconds(5)))
        let configuration = try CircuitBreaker.Configuration(variables: ["CIRCUITBREAKER_TIMEOUT_MS": ""], base: base)
        #expect(configuration.policy == .consecutiveFailures(7) && configuration.recovery.openTime == .seconds(5))
    }

    @Test(
        "a value that cannot be used is an error that names it, never a silent default",
        arguments: [
            ("FAILURE_THRESHOLD", "x"), ("FAILURE_THRESHOLD", "0"), ("FAILURE_THRESHOLD", "-1"), ("FAILURE_THRESHOLD", "3.5"),
            ("FAILURE_THRESHOLD", "99999999999999999999"), ("SUCCESS_THRESHOLD", "0"), ("TIMEOUT_MS", "10s"), ("TIMEOUT_MS", "0"),
            ("TIMEOUT_MS", "9223372036854775807"), ("WINDOW_DURATION_MS", "-5"), ("JITTER", "1.5"), ("JITTER", "nan"), ("PROBES", "101"),
            ("ON_STORE_LOSS", "explode"), ("RAMP_MS", "-1"), ("CALL_TIMEOUT_MS", "20s"), ("MAX_TIMEOUT_MS", "1"),
            ("DEADLINE_MARGIN_MS", "-1"), ("DEADLINE_MARGIN_MS", "OFF"), ("DEADLINE_MARGIN_MS", "none"),
        ]
    )
    func badValues(name: String, value: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try CircuitBreaker.Configuration(variables: ["CIRCUITBREAKER_" + name: value]) }
        let text = try #require(error?.description)
        #expect(error?.setting == "CIRCUITBREAKER_" + name)
        #expect(!text.contains("\n") && text.contains("must be"))
    }

    @Test(
        "a circuit id is 1 to 256 of the allowed characters",
        arguments: ["", "a b", "a/b", "ü", "a\n", "%41", String(repeating: "x", count: 257), "\0"]
    )
    func badIDs(id: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try CircuitBreaker(id) }
        #expect(error?.setting == "circuit id")
        #expect((error?.description.count ?? 999) < 200)
    }

    @Test("allowed ids", arguments: ["a", "Payments.v1:eu-west-1_x", String(repeating: "x", count: 256)])
    func goodIDs(id: String) throws {
        #expect(try CircuitBreaker(id).id == id)
    }

    @Test(
        "settings in code are checked too",
        arguments: [
            CircuitBreaker.Configuration(policy: .failures(0, within: .seconds(60))),
            .init(policy: .failures(-3, within: .seconds(60))), .init(policy: .failures(3, within: .zero)), .init(policy: .consecutiveFailures(0)),
            .init(policy: .failureRate(0, minimumCalls: 1, within: .seconds(1))),
            .init(policy: .failureRate(.nan, minimumCalls: 1, within: .seconds(1))),
            .init(policy: .failureRate(1.1, minimumCalls: 1, within: .seconds(1))),
            .init(policy: .failureRate(0.5, minimumCalls: 0, within: .seconds(1))),
            .init(policy: .failures(3, within: .seconds(60)).minimumReporters(0)),
            .init(policy: .failures(3, within: .seconds(60)).orSlowCalls(2, longerThan: .seconds(1), minimumCalls: 1)),
            .init(recovery: .init(openTime: .seconds(-1))), .init(recovery: .init(openTime: .seconds(100))), .init(recovery: .init(probes: 0)),
            .init(recovery: .init(successesToClose: 0)), .init(recovery: .init(jitter: -0.1)), .init(sharing: .init(maxViewAge: .zero)),
            .init(timeout: .zero), .init(recovery: .init(), timeout: .seconds(11)), .init(deadlineMargin: .seconds(-1)),
        ]
    )
    func badSettings(configuration: CircuitBreaker.Configuration) {
        #expect(throws: ConfigurationError.self) { try CircuitBreaker("test", configuration: configuration) }
    }
}
