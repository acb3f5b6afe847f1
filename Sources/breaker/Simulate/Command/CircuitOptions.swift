//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import ArgumentParser
import FleetSimulator

// How the circuits are set, by the names that `breaker local` has for it. What is not given stays as the preset has it.
struct CircuitOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What opens the circuit: a number of failures within the window, failures in a row, or a share of the calls.",
            valueName: "kind"
        )
    )
    var policy: BreakerOptions.Policy?

    @Option(parsing: .unconditional, help: ArgumentHelp("Failures that open it.", valueName: "n"), transform: Arguments.count(to: 1_000_000))
    var failureThreshold: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Share of failed calls that opens it, with --policy rate.", valueName: "0-1"),
        transform: Arguments.share(orZero: false)
    )
    var failureRate: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Calls in the window below which no share is taken.", valueName: "n"),
        transform: Arguments.count(to: 1_000_000)
    )
    var minimumCalls: Int?

    @Option(parsing: .unconditional, help: ArgumentHelp("How far back failures count.", valueName: "time"), transform: Arguments.span())
    var window: Milliseconds?

    @Option(parsing: .unconditional, help: ArgumentHelp("How long it stays OPEN the first time.", valueName: "time"), transform: Arguments.span())
    var timeout: Milliseconds?

    @Option(parsing: .unconditional, help: ArgumentHelp("The longest that it stays OPEN.", valueName: "time"), transform: Arguments.span())
    var maxTimeout: Milliseconds?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Probes that must succeed to close it.", valueName: "n"),
        transform: Arguments.count(to: 1_000_000)
    )
    var successThreshold: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Probes at once, all environments together.", valueName: "n"),
        transform: Arguments.count(to: 100)
    )
    var probes: Int?

    @Option(parsing: .unconditional, help: ArgumentHelp("The longest that a probe may take.", valueName: "time"), transform: Arguments.span())
    var lease: Milliseconds?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("After closing, admit a growing share of the calls for so long.", valueName: "time"),
        transform: Arguments.span(orZero: true)
    )
    var ramp: Milliseconds?

    @Option(parsing: .unconditional, help: ArgumentHelp("How old an environment's view may be.", valueName: "time"), transform: Arguments.span())
    var maxViewAge: Milliseconds?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The longest that the store may delay one call.", valueName: "time"),
        transform: Arguments.span()
    )
    var storeTimeout: Milliseconds?

    @Option(help: ArgumentHelp("What an environment does while it cannot reach the store.", valueName: "kind"))
    var onStoreLoss: StoreLossArgument?

    func validate() throws {
        try BreakerOptions.Policy.check(policy, failureThreshold: failureThreshold, failureRate: failureRate)
    }

    func apply(to circuit: inout CircuitSettings) throws {
        circuit.policy = changed(circuit.policy)
        circuit.openTime = timeout ?? circuit.openTime
        circuit.maximumOpenTime = maxTimeout ?? max(circuit.maximumOpenTime, circuit.openTime)
        circuit.successesToClose = successThreshold ?? circuit.successesToClose
        circuit.probes = probes ?? circuit.probes
        circuit.lease = lease ?? circuit.lease
        circuit.ramp = ramp ?? circuit.ramp
        circuit.maxViewAge = maxViewAge ?? circuit.maxViewAge
        circuit.storeTimeout = storeTimeout ?? circuit.storeTimeout
        if let onStoreLoss { circuit.onStoreLoss = onStoreLoss.value }
        guard circuit.maximumOpenTime >= circuit.openTime else {
            throw ValidationError(
                "--max-timeout (\(NumberText.span(circuit.maximumOpenTime))) must be at least --timeout (\(NumberText.span(circuit.openTime)))"
            )
        }
    }

    private func changed(_ base: CircuitSettings.Policy) -> CircuitSettings.Policy {
        var kind = BreakerOptions.Policy.failures
        var (count, calls, rate, within) = (20, 20, 0.5, Milliseconds(60_000))
        switch base {
        case .failures(let threshold, let time): (kind, count, within) = (.failures, threshold, time)
        case .consecutiveFailures(let threshold): (kind, count) = (.consecutive, threshold)
        case .failureRate(let share, let minimum, let time): (kind, rate, calls, within) = (.rate, share, minimum, time)
        }
        if failureRate != nil || (minimumCalls != nil && policy == nil) { kind = .rate }
        if failureThreshold != nil, kind == .rate { kind = .failures }
        return switch policy ?? kind {
        case .failures: .failures(failureThreshold ?? count, within: window ?? within)
        case .consecutive: .consecutiveFailures(failureThreshold ?? count)
        case .rate: .failureRate(failureRate ?? rate, minimumCalls: minimumCalls ?? calls, within: window ?? within)
        }
    }
}

enum StoreLossArgument: String, ExpressibleByArgument, CaseIterable {
    case local
    case lastKnown = "last-known"
    case allow
    case reject

    var value: CircuitSettings.StoreLoss {
        switch self {
        case .local: .local
        case .lastKnown: .lastKnown
        case .allow: .allow
        case .reject: .reject
        }
    }
}
