//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import CircuitBreaker

// The settings of the function, from environment variables.
package struct ServiceSettings: Sendable {
    package var circuit = "unreliable-service"
    package var successProbability = 0.6
    package var latency = Duration.zero
    package var upstream: UpstreamURL?
    package var upstreamTimeout = Duration.seconds(3)
    package var upstreamAuthorization = UpstreamAuthorization.drop
    package var circuitMetrics = CircuitMetrics.none
    package var breaker = Self.pattern

    // Those of the pattern, as it has them; and each environment obeys the record within a second, which is what the pattern is there to show.
    package static let pattern = CircuitBreaker.Configuration(
        policy: .failures(3, within: .seconds(60)),
        recovery: RecoveryPolicy(openTime: .seconds(10), maximumOpenTime: .seconds(60), jitter: 0, successesToClose: 2, ramp: .zero),
        sharing: SharingPolicy(maxHealthyViewAge: .seconds(1), lookBeside: .zero),
        judge: UpstreamError.judge
    )

    package init() {}

    // The circuit's id is the function's name, AWS_LAMBDA_FUNCTION_NAME. Options win over variables.
    package init(
        variables: [String: String],
        service: GivenSettings = .init(.option, [:]),
        breaker options: GivenSettings = .init(.option, [:]),
        base: Self = .init()
    ) throws(ConfigurationError) {
        self = base
        if let name = variables["AWS_LAMBDA_FUNCTION_NAME"], !name.isEmpty { circuit = name }
        try apply([GivenSettings(variables: variables, of: Self.self), service])
        try breaker.take([GivenSettings(variables: variables, of: CircuitBreaker.Configuration.self), options])
    }
}

extension ServiceSettings {
    // What becomes of what callers of the function identify themselves with.
    package enum UpstreamAuthorization: String, Sendable, CaseIterable {
        case drop
        case pass
    }
}

extension ServiceSettings {
    // What the function's log says in numbers.
    package enum CircuitMetrics: String, Sendable, CaseIterable {
        case none
        // Lines of CloudWatch's embedded metric format.
        case emf
    }
}

extension ServiceSettings: Configurable {
    package static let namespace = ""

    // Every setting of the service. A new one is declared here and nowhere else; then `make settings` renews what is made of it.
    package static let settings: [Setting<Self>] = [
        .share("SUCCESS_PROBABILITY", "successProbability", \.successProbability, "how often the unreliable service succeeds"),
        .duration("LATENCY_MS", orZero: true, "latency", \.latency, "how long each call of it takes"),
        Setting(
            "UPSTREAM_URL",
            "upstream",
            .text(what: UpstreamURL.allowed, isAllowed: { (try? UpstreamURL($0)) != nil }),
            "protects calls to this address instead: no answer, 429 and 5xx but 501 and 505 are failures, all other answers are passed on"
        ) {
            $0.upstream.map { .word("\($0)") }
        } write: {
            if case .word(let address) = $1 { $0.upstream = try? UpstreamURL(address) }
        },
        .duration("UPSTREAM_TIMEOUT_MS", "upstreamTimeout", \.upstreamTimeout, "how long such a call may take"),
        .choice(
            "UPSTREAM_AUTHORIZATION",
            "upstreamAuthorization",
            \.upstreamAuthorization,
            "whether what callers of the function identify themselves with goes there too"
        ),
        .choice(
            "CIRCUIT_METRICS",
            "circuitMetrics",
            \.circuitMetrics,
            "emf writes the circuit's counts to the log for CloudWatch, at most one line for each invocation"
        ),
    ]
}
