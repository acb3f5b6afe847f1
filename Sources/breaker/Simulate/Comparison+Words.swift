//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import FleetSimulator

extension Algorithm {
    // Whether its environments share what they know.
    var sharesRecord: Bool {
        switch self {
        case .none, .perProcess: false
        case .sharedCircuit, .circuitBreakerLambda, .circuitBreakerLambdaCached, .powertools: true
        }
    }

    // Its name on the command line.
    var argument: String {
        switch self {
        case .sharedCircuit: "shared"
        case .none: "none"
        case .perProcess: "per-process"
        case .circuitBreakerLambda: "circuitbreaker-lambda"
        case .circuitBreakerLambdaCached: "circuitbreaker-lambda-cached"
        case .powertools: "powertools"
        }
    }
}

extension Run {
    var isProtected: Bool { algorithm != .none }

    // Calls whose caller had neither an answer nor a fallback at once.
    var harmed: Int { figures.failed + figures.timedOut + figures.turnedAway + figures.died }

    // Until the last second of which more than one call in 100 ended otherwise than with success; nil if that is in the last five of the run.
    func timeUntilWell(after recovery: Milliseconds) -> Milliseconds? {
        let last = seconds.last { Milliseconds($0.second) * 1000 >= recovery && $0.bad * 100 > $0.bad + $0.succeeded }
        guard let last else { return 0 }
        return last.second + 5 < seconds.count ? Milliseconds(last.second + 1) * 1000 - recovery : nil
    }
}

extension DownstreamPlan.Phase {
    // As the downstream is, in one word or two.
    var word: String {
        switch condition {
        case .dead: "dead"
        case .hanging: "hanging"
        case .failing(let share): "\(NumberText.percent(share)) failing"
        case .slow(let factor): "\(NumberText.short(factor))× as slow"
        }
    }
}

extension StorePlan.Outage {
    var word: String {
        switch kind {
        case .refusing: "store refusing"
        case .silent: "store silent"
        }
    }
}

extension Arrivals {
    // As it is read after "at".
    var text: String {
        switch self {
        case .steady(let rate): "\(NumberText.short(rate)) calls a second"
        case .poisson(let rate): "\(NumberText.short(rate)) calls a second, arriving at random"
        case .ramp(let from, let to): "\(NumberText.short(from)) to \(NumberText.short(to)) calls a second"
        case .spike(let rate, let peak, let from, let until):
            "\(NumberText.short(rate)) calls a second, \(NumberText.short(peak)) from \(NumberText.clock(Int(from / 1000))) to \(NumberText.clock(Int(until / 1000)))"
        case .listed(let moments): "\(NumberText.count(moments.reduce(0) { $0 + $1.calls })) calls from a file"
        }
    }
}

extension Fleet.Routing {
    var text: String {
        switch self {
        case .mostRecentlyUsed: "most recently used first, as on Lambda"
        case .random: "at random"
        }
    }
}

extension Scenario {
    var hasTrouble: Bool { !downstream.phases.isEmpty }

    // What goes wrong, as one reads it.
    var troubles: [String] {
        let phases = downstream.phases.map { "\($0.word) for \(NumberText.span($0.until - $0.from))" }
        let store = store.outages.map { "the \($0.word) for \(NumberText.span($0.until - $0.from))" }
        return (phases.isEmpty ? [] : ["the downstream \(Self.list(phases))"]) + (store.isEmpty ? [] : [Self.list(store)])
    }

    // Many alike are counted.
    private static func list(_ words: [String]) -> String {
        guard let first = words.first else { return "" }
        if words.count > 1, words.allSatisfy({ $0 == first }) { return "\(first), \(words.count) times" }
        return words.prefix(3).joined(separator: ", ") + (words.count > 3 ? " and so on" : "")
    }
}
