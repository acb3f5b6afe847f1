//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import LambdaRuntime
import Testing

@testable import CircuitSidecar

@Suite("Settings of the sidecar")
struct SettingsTests {
    private func settings(_ variables: [String: String], files: [String: String] = [:]) -> SidecarSettings {
        SidecarSettings(Environment(variables)) { files[$0].map { Array($0.utf8) } }
    }

    @Test("variables hold for all circuits, and a single one's settings on top of them")
    func circuits() throws {
        let variables = [
            "CIRCUITBREAKER_PORT": "5000", "CIRCUITBREAKER_FAILURE_THRESHOLD": "7", "CIRCUITBREAKER_TIMEOUT_MS": "2000",
            "CIRCUITBREAKER_CIRCUITS": #" {"payments": {"FAILURE_THRESHOLD": 2}, "search": {"TIMEOUT_MS": "900"}}"#,
            "AWS_LAMBDA_FUNCTION_NAME": "f",
        ]
        let settings = settings(variables)
        #expect(settings.faults == [])
        #expect(settings.port == 5000)
        #expect(settings.configuration.policy == CircuitBreaker.Configuration().policy.with(threshold: 7))
        let payments = try #require(settings.circuits["payments"])
        #expect(payments.recovery.openTime == .seconds(2))
        #expect(payments.policy == CircuitBreaker.Configuration().policy.with(threshold: 2))
        #expect(settings.circuits["search"]?.recovery.openTime == .milliseconds(900))
        #expect(settings.known == ["payments", "search", "f"])
    }

    @Test("the same from a file: the one that is named, or that of the function's package")
    func files() {
        let text = #"{"payments": {"TIMEOUT_MS": 1500}}"#
        for (variables, path) in [(["CIRCUITBREAKER_CIRCUITS": "x/y.json"], "x/y.json"), ([:], "/var/task/circuit-breaker.json")] {
            let settings = settings(variables, files: [path: text])
            #expect(settings.faults == [])
            #expect(settings.circuits["payments"]?.recovery.openTime == .milliseconds(1500))
        }
        #expect(settings([:]).faults == [])
    }

    @Test(
        "what cannot be used is one line that names it, and the defaults hold",
        arguments: [
            ("CIRCUITBREAKER_PORT", "70000", "CIRCUITBREAKER_PORT is '70000'"),
            ("CIRCUIT_METRICS", "on", "CIRCUIT_METRICS is 'on', but must be none or emf"),
            ("CIRCUITBREAKER_FAILURE_THRESHOLD", "0", "CIRCUITBREAKER_FAILURE_THRESHOLD is \"0\""),
            ("CIRCUITBREAKER_TIMEOUT_MS", "soon", "CIRCUITBREAKER_TIMEOUT_MS is \"soon\""),
            ("CIRCUITBREAKER_CIRCUITS", "{", "CIRCUITBREAKER_CIRCUITS: "),
            ("CIRCUITBREAKER_CIRCUITS", "[]", "CIRCUITBREAKER_CIRCUITS is '[]', but there"),
            ("CIRCUITBREAKER_CIRCUITS", "none.json", "CIRCUITBREAKER_CIRCUITS is 'none.json', but there is no such file"),
            ("CIRCUITBREAKER_CIRCUITS", #"{"a b": {}}"#, "CIRCUITBREAKER_CIRCUITS: circuit a b: circuit id is"),
            ("CIRCUITBREAKER_CIRCUITS", #"{"a": 1}"#, "CIRCUITBREAKER_CIRCUITS: circuit a: circuit a is 1"),
            ("CIRCUITBREAKER_CIRCUITS", #"{"a": {"THRESHOLD": 1}}"#, "CIRCUITBREAKER_CIRCUITS: circuit a: setting of circuit a is \"THRESHOLD\""),
            (
                "CIRCUITBREAKER_CIRCUITS", #"{"a": {"FAILURE_THRESHOLD": true}}"#,
                "CIRCUITBREAKER_CIRCUITS: circuit a: CIRCUITBREAKER_FAILURE_THRESHOLD is"
            ),
        ]
    )
    func faults(name: String, value: String, beginning: String) {
        let settings = settings([name: value, "CIRCUITBREAKER_SUCCESS_THRESHOLD": "4"])
        #expect(settings.faults.count == 1)
        #expect(settings.faults.first?.hasPrefix(beginning) == true, "\(settings.faults)")
        #expect(settings.port == 4243)
        #expect(settings.circuits.isEmpty)
        // The good ones hold.
        #expect(settings.configuration.recovery.successesToClose == 4)
        #expect(settings.configuration.policy == CircuitBreaker.Configuration().policy)
    }
}

extension TripPolicy {
    fileprivate func with(threshold: Int) -> TripPolicy { .failures(threshold, within: .seconds(60)) }
}
