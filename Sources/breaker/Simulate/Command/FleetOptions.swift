//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import ArgumentParser
import CircuitBreaker
import FleetSimulator

// Who makes the calls. What is not given stays as the preset has it.
struct FleetOptions: ParsableArguments {
    enum Routing: String, ExpressibleByArgument, CaseIterable {
        case recent
        case random
    }

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The maximum number of environments; a call that finds all of them busy is turned away.", valueName: "n"),
        transform: Arguments.count(to: 1_000_000)
    )
    var environments: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How many of them run at the start.", valueName: "n"),
        transform: Arguments.count(from: 0, to: 1_000_000)
    )
    var warm: Int?

    @Option(help: ArgumentHelp("Which idle environment gets a call: the one used most recently, as on Lambda, or any.", valueName: "kind"))
    var routing: Routing?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How long a new environment takes to start.", valueName: "time"),
        transform: Arguments.span(orZero: true)
    )
    var coldStart: Milliseconds?

    @Option(parsing: .unconditional, help: ArgumentHelp("How long an environment lives on average.", valueName: "time"), transform: Arguments.span())
    var lifetime: Milliseconds?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How long an environment may be idle before it is reclaimed.", valueName: "time"),
        transform: Arguments.span()
    )
    var idleTime: Milliseconds?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The share of calls during which the environment dies.", valueName: "0-1"),
        transform: Arguments.share()
    )
    var killShare: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The function's own time limit: a call that exceeds it is ended together with its environment.", valueName: "time"),
        transform: Arguments.span()
    )
    var functionTimeout: Milliseconds?

    func apply(to fleet: inout Fleet) throws {
        let most = environments ?? fleet.environments
        if let warm, warm > most { throw ValidationError("--warm (\(warm)) must be at most --environments (\(most))") }
        fleet.environments = most
        fleet.warm = warm ?? min(fleet.warm, most)
        switch routing {
        case .recent?: fleet.routing = .mostRecentlyUsed
        case .random?: fleet.routing = .random
        case nil: break
        }
        fleet.coldStart = coldStart ?? fleet.coldStart
        fleet.lifetime = lifetime ?? fleet.lifetime
        fleet.idleTime = idleTime ?? fleet.idleTime
        fleet.killShare = killShare ?? fleet.killShare
        fleet.functionTimeout = functionTimeout ?? fleet.functionTimeout
    }
}

extension Arguments {
    static func span(orZero: Bool = false) -> @Sendable (String) throws -> Milliseconds {
        let duration = duration(orZero: orZero)
        return { text in try duration(text).milliseconds }
    }

    static func rate(orZero: Bool = false) -> @Sendable (String) throws -> Double {
        { text in
            guard let number = Double(text), number.isFinite, orZero ? number >= 0 : number > 0, number <= 10_000_000 else {
                throw ValidationError("must be a number \(orZero ? "from 0" : "above 0, and") up to 10,000,000")
            }
            return number
        }
    }
}
