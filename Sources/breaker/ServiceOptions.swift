//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import ArgumentParser
import UnreliableService

// What the function calls.
struct ServiceOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How often the unreliable service succeeds. [SUCCESS_PROBABILITY] (default: 0.6)", valueName: "0-1"),
        transform: Arguments.share()
    )
    var successProbability: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How long each of its calls takes. [LATENCY_MS] (default: 0)", valueName: "time"),
        transform: Arguments.duration(orZero: true)
    )
    var latency: Duration?

    @Option(
        help: ArgumentHelp(
            "Protect real HTTP calls to this address instead. No answer, 429 and 5xx are failures, but 501 and 505, which are about the request; all other answers are passed on. [UPSTREAM_URL]",
            valueName: "url"
        )
    )
    var upstreamUrl: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How long such a call may take. [UPSTREAM_TIMEOUT_MS] (default: 3s)", valueName: "time"),
        transform: Arguments.duration()
    )
    var upstreamTimeout: Duration?

    @Option(help: ArgumentHelp("The circuit's id: up to 256 of A-Z a-z 0-9 . _ : - (default: unreliable-service)", valueName: "id"))
    var circuit: String?

    // The variables are the base, the options win.
    func settings(environment: [String: String], breaker: BreakerOptions) throws -> ServiceSettings {
        var settings = try ServiceSettings(environment: environment)
        settings.circuit = circuit ?? settings.circuit
        settings.successProbability = successProbability ?? settings.successProbability
        settings.latency = latency ?? settings.latency
        if let upstreamUrl { settings.upstream = try UpstreamURL(upstreamUrl, setting: "--upstream-url") }
        settings.upstreamTimeout = upstreamTimeout ?? settings.upstreamTimeout
        settings.breaker = try breaker.configuration(base: settings.breaker)
        return settings
    }
}
