//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import ArgumentParser
import CircuitBreaker

// Every setting of a breaker. What is not given stays as the environment's variables have it.
struct BreakerOptions: ParsableArguments {
    enum Policy: String, ExpressibleByArgument, CaseIterable {
        case failures
        case consecutive
        case rate

        // Whether what was given goes together; nil: not given.
        static func check(_ policy: Self?, failureThreshold: Int?, failureRate: Double?) throws {
            if failureRate != nil, let policy, policy != .rate { throw ValidationError("--failure-rate goes with --policy rate") }
            if failureThreshold != nil, policy == .rate || (policy == nil && failureRate != nil) {
                throw ValidationError("--failure-threshold does not go with a rate; use --failure-rate")
            }
        }
    }

    @Option(
        help: ArgumentHelp(
            "What opens the circuit: a number of failures within the window, failures in a row, or a share of the calls.",
            valueName: "kind"
        )
    )
    var policy: Policy?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Failures that open it. [CIRCUITBREAKER_FAILURE_THRESHOLD] (default: 3)", valueName: "n"),
        transform: Arguments.count()
    )
    var failureThreshold: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Share of failed calls that opens it, with --policy rate. (default: 0.5)", valueName: "0-1"),
        transform: Arguments.share(orZero: false)
    )
    var failureRate: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Calls in the window below which no share is taken. (default: 10)", valueName: "n"),
        transform: Arguments.count()
    )
    var minimumCalls: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How far back failures count. [CIRCUITBREAKER_WINDOW_DURATION_MS] (default: 60s)", valueName: "time"),
        transform: Arguments.duration()
    )
    var window: Duration?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Share of slow calls that opens it too; needs --slow-call-limit.", valueName: "0-1"),
        transform: Arguments.share(orZero: false)
    )
    var slowCallRate: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("A call that takes longer is slow; needs --slow-call-rate.", valueName: "time"),
        transform: Arguments.duration()
    )
    var slowCallLimit: Duration?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Environments that must have seen failures before it opens for all of them. (default: 1)", valueName: "n"),
        transform: Arguments.count(to: 1000)
    )
    var minimumReporters: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How long it stays OPEN the first time. [CIRCUITBREAKER_TIMEOUT_MS] (default: 10s)", valueName: "time"),
        transform: Arguments.duration()
    )
    var timeout: Duration?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The longest that it stays OPEN: each failed probe doubles the time. [CIRCUITBREAKER_MAX_TIMEOUT_MS] (default: 60s)",
            valueName: "time"
        ),
        transform: Arguments.duration()
    )
    var maxTimeout: Duration?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The longest wait that a dependency's own Retry-After brings about. (default: 5m)", valueName: "time"),
        transform: Arguments.duration(orZero: true)
    )
    var maxRetryAfter: Duration?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Lengthens open times at random by up to this share. [CIRCUITBREAKER_JITTER] (default: 0)", valueName: "0-1"),
        transform: Arguments.share()
    )
    var jitter: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Probes that must succeed to close it. [CIRCUITBREAKER_SUCCESS_THRESHOLD] (default: 2)", valueName: "n"),
        transform: Arguments.count(to: 1_000_000)
    )
    var successThreshold: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Probes at once, all environments together. [CIRCUITBREAKER_PROBES] (default: 1)", valueName: "n"),
        transform: Arguments.count(to: 100)
    )
    var probes: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The longest that a probe may take. [CIRCUITBREAKER_LEASE_MS] (default: 10s)", valueName: "time"),
        transform: Arguments.duration()
    )
    var lease: Duration?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("After closing, admit a growing share of the calls for so long. [CIRCUITBREAKER_RAMP_MS] (default: 0)", valueName: "time"),
        transform: Arguments.duration(orZero: true)
    )
    var ramp: Duration?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("A call that takes longer is cut and has failed. [CIRCUITBREAKER_CALL_TIMEOUT_MS] (default: no limit)", valueName: "time"),
        transform: Arguments.duration()
    )
    var callTimeout: Duration?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How old an environment's view of the circuit may be. [CIRCUITBREAKER_MAX_VIEW_AGE_MS] (default: 1s)", valueName: "time"),
        transform: Arguments.duration()
    )
    var maxViewAge: Duration?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("By how much clocks may differ. [CIRCUITBREAKER_MAX_CLOCK_SKEW_MS] (default: 1s)", valueName: "time"),
        transform: Arguments.duration(orZero: true)
    )
    var maxClockSkew: Duration?

    func validate() throws {
        guard (slowCallRate == nil) == (slowCallLimit == nil) else {
            throw ValidationError("--slow-call-rate and --slow-call-limit go together")
        }
        try Policy.check(policy, failureThreshold: failureThreshold, failureRate: failureRate)
    }

    func configuration(base: CircuitBreaker.Configuration) throws -> CircuitBreaker.Configuration {
        var configuration = base
        configuration.policy = policy(base: base.policy)
        var recovery = base.recovery
        recovery.openTime = timeout ?? recovery.openTime
        recovery.maximumOpenTime = maxTimeout ?? max(recovery.maximumOpenTime, recovery.openTime)
        recovery.maximumRetryAfter = maxRetryAfter ?? recovery.maximumRetryAfter
        recovery.jitter = jitter ?? recovery.jitter
        recovery.successesToClose = successThreshold ?? recovery.successesToClose
        recovery.probes = probes ?? recovery.probes
        recovery.lease = lease ?? recovery.lease
        recovery.ramp = ramp ?? recovery.ramp
        configuration.recovery = recovery
        configuration.timeout = callTimeout ?? configuration.timeout
        configuration.sharing.maxViewAge = maxViewAge ?? configuration.sharing.maxViewAge
        configuration.sharing.maxClockSkew = maxClockSkew ?? configuration.sharing.maxClockSkew

        guard recovery.maximumOpenTime >= recovery.openTime else {
            throw ValidationError("--max-timeout (\(recovery.maximumOpenTime.text)) must be at least --timeout (\(recovery.openTime.text))")
        }
        if let timeout = configuration.timeout, timeout > recovery.lease {
            throw ValidationError("--call-timeout (\(timeout.text)) must be at most --lease (\(recovery.lease.text))")
        }
        return configuration
    }

    private func policy(base: TripPolicy) -> TripPolicy {
        let window = window ?? base.window
        var kind = policy ?? (failureRate != nil ? .rate : nil)
        var threshold = failureThreshold
        var rate = failureRate
        var calls = minimumCalls
        switch base.rule {
        case .failures(let count):
            kind = kind ?? .failures
            threshold = threshold ?? count
        case .consecutiveFailures(let count):
            kind = kind ?? .consecutive
            threshold = threshold ?? count
        case .failureRate(let baseRate, let minimumCalls):
            kind = kind ?? .rate
            rate = rate ?? baseRate
            calls = calls ?? minimumCalls
        }
        var result: TripPolicy =
            switch kind ?? .failures {
            case .failures: .failures(threshold ?? 3, within: window)
            case .consecutive: .consecutiveFailures(threshold ?? 3)
            case .rate: .failureRate(rate ?? 0.5, minimumCalls: calls ?? 10, within: window)
            }
        // With failures in a row, the slow calls still have a window.
        result.window = window
        result.slow = base.slow
        if let slowCallRate, let slowCallLimit {
            result = result.orSlowCalls(slowCallRate, longerThan: slowCallLimit, minimumCalls: minimumCalls ?? 10)
        }
        result.minimumReporters = minimumReporters ?? base.minimumReporters
        return result
    }
}
