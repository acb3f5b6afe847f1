//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import ArgumentParser
import FleetSimulator

// Whom they call and where the record lives, and what goes wrong with both.
struct TroubleOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Calls a second that the downstream can answer. (default: the preset's, in proportion to --rate)", valueName: "n"),
        transform: Arguments.rate()
    )
    var capacity: Double?

    @Option(parsing: .unconditional, help: ArgumentHelp("When the caller gives up.", valueName: "time"), transform: Arguments.span())
    var clientTimeout: Milliseconds?

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "What goes wrong with the downstream, instead of the preset's: dead:60s-3m, hanging:60s-3m, failing=0.3:1m-5m, slow=20:1m-5m, or none. May be repeated.",
            valueName: "what:from-until"
        ),
        transform: PhaseArgument.init
    )
    var trouble: [PhaseArgument] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "When the store does not work, instead of the preset's: refusing:60s-3m, silent:60s-3m, or none. May be repeated.",
            valueName: "what:from-until"
        ),
        transform: StoreOutageArgument.init
    )
    var storeTrouble: [StoreOutageArgument] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The share of requests to the store that are lost.", valueName: "0-1"),
        transform: Arguments.share()
    )
    var lostRequests: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The share of the store's replies that are lost.", valueName: "0-1"),
        transform: Arguments.share()
    )
    var lostReplies: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The share of reads that see an older record.", valueName: "0-1"),
        transform: Arguments.share()
    )
    var staleReads: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("By how much the environments' clocks differ.", valueName: "time"),
        transform: Arguments.span(orZero: true)
    )
    var clockSkew: Milliseconds?

    @Flag(help: "Let the store carry any load. (default: DynamoDB's 1,000 write and 3,000 read units a second)")
    var noStoreLimits = false

    func apply(to scenario: inout Scenario) throws {
        scenario.downstream.capacity = capacity ?? scenario.downstream.capacity
        scenario.downstream.clientTimeout = clientTimeout ?? scenario.downstream.clientTimeout
        if !trouble.isEmpty { scenario.downstream.phases = trouble.compactMap(\.phase).sorted { $0.from < $1.from } }
        if !storeTrouble.isEmpty { scenario.store.outages = storeTrouble.compactMap(\.outage).sorted { $0.from < $1.from } }
        scenario.store.lostRequests = lostRequests ?? scenario.store.lostRequests
        scenario.store.lostReplies = lostReplies ?? scenario.store.lostReplies
        scenario.store.staleReads = staleReads ?? scenario.store.staleReads
        scenario.store.clockSkew = clockSkew ?? scenario.store.clockSkew
        if noStoreLimits { scenario.store.limits = nil }
        for phase in zip(scenario.downstream.phases, scenario.downstream.phases.dropFirst()) where phase.0.until > phase.1.from {
            throw ValidationError("--trouble: two times overlap; the downstream has one trouble at a time")
        }
    }
}

// failing=0.3:1m-5m
struct PhaseArgument {
    let phase: DownstreamPlan.Phase?

    init(_ text: String) throws {
        if text == "none" {
            phase = nil
            return
        }
        let problem = ValidationError(
            "must be like dead:60s-3m, hanging:60s-3m, failing=0.3:1m-5m, slow=20:1m-5m, with the units of times (ms, s, m, h), or none"
        )
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2, let span = try? SpanArgument(parts[1]) else { throw problem }
        let words = parts[0].split(separator: "=", maxSplits: 1).map(String.init)
        let number = words.count == 2 ? Double(words[1]) : nil
        switch (words.first, words.count, number) {
        case ("dead", 1, _): phase = .init(.dead, from: span.from, until: span.until)
        case ("hanging", 1, _): phase = .init(.hanging, from: span.from, until: span.until)
        case ("failing", 2, let share?) where (0...1).contains(share): phase = .init(.failing(share: share), from: span.from, until: span.until)
        case ("slow", 2, let factor?) where (1...1_000_000).contains(factor): phase = .init(.slow(factor: factor), from: span.from, until: span.until)
        default: throw problem
        }
    }
}

// silent:60s-3m
struct StoreOutageArgument {
    let outage: StorePlan.Outage?

    init(_ text: String) throws {
        if text == "none" {
            outage = nil
            return
        }
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2, let kind = StorePlan.Outage.Kind(rawValue: parts[0]), let span = try? SpanArgument(parts[1]) else {
            throw ValidationError("must be like refusing:60s-3m, silent:60s-3m, with the units of times (ms, s, m, h), or none")
        }
        outage = .init(kind, from: span.from, until: span.until)
    }
}
