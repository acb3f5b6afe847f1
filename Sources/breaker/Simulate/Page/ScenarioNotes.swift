//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import FleetSimulator

// Under which assumptions, and how to have it again.
struct ScenarioNotes {
    let scenario: Scenario
    let command: String

    var markup: Markup {
        let rows = settings.map { name, value -> Markup in "<div><dt>\(name)</dt><dd>\(value)</dd></div>" }
        return """
            <section>
            <h2>What was simulated</h2>
            <p>\(scenario.summary)</p>
            <dl>\(rows)</dl>
            </section>
            <section>
            <h2>Repeat it</h2>
            <p>Time is virtual and all chance comes from the seed: the same command gives this page again, to the byte.</p>
            <pre tabindex="0"><code>\(command)</code></pre>
            </section>
            """
    }

    private var settings: [(String, String)] {
        let fleet = scenario.fleet
        let downstream = scenario.downstream
        let store = scenario.store
        let circuit = scenario.circuit
        return [
            ("seed", "\(scenario.seed)"),
            ("calls", "\(scenario.arrivals.text), for \(NumberText.span(scenario.duration))"),
            (
                "environments",
                "at most \(NumberText.count(fleet.environments)), one call at a time each; \(NumberText.count(fleet.warm)) warm at the start"
            ),
            ("routing", fleet.routing.text),
            (
                "they end",
                [
                    fleet.lifetime.map { "after \(NumberText.span($0)) on average" },
                    fleet.idleTime.map { "after idling for \(NumberText.span($0))" },
                    fleet.killShare > 0 ? "in the middle of \(NumberText.percent(fleet.killShare)) of their calls" : nil,
                    "at the function's limit of \(NumberText.span(fleet.functionTimeout))",
                ].compactMap(\.self).joined(separator: ", ")
            ),
            ("downstream", "\(NumberText.count(downstream.capacity)) calls a second; \(downstream.latency.text)"),
            (
                "its trouble",
                downstream.phases.isEmpty
                    ? "none"
                    : downstream.phases.map { "\($0.word) from \(NumberText.span($0.from)) to \(NumberText.span($0.until))" }.joined(separator: ", ")
            ),
            ("the caller gives up", downstream.clientTimeout.map { "after \(NumberText.span($0))" } ?? "never"),
            (
                "store",
                "\(store.latency.text); clocks differ by up to \(NumberText.span(store.clockSkew)); "
                    + (store.limits.map {
                        "\(NumberText.count($0.writeUnits)) write and \(NumberText.count($0.readUnits)) read units a second"
                    } ?? "no limits")
            ),
            (
                "its trouble",
                store.outages.isEmpty
                    ? "none"
                    : store.outages.map { "\($0.kind.rawValue) from \(NumberText.span($0.from)) to \(NumberText.span($0.until))" }.joined(
                        separator: ", "
                    )
            ),
            ("opens at", circuit.policy.text),
            (
                "comes back",
                "after \(circuit.recovery.openTime.text), at most \(circuit.recovery.maximumOpenTime.text); \(circuit.recovery.probes) \(circuit.recovery.probes == 1 ? "probe" : "probes") at once, "
                    + "\(circuit.recovery.successesToClose) must succeed; ramp of \(circuit.recovery.ramp.text)"
            ),
        ]
    }
}

extension Latency {
    fileprivate var text: String {
        minimum == maximum
            ? "answers in \(NumberText.short(median)) ms"
            : "half the answers within \(NumberText.short(median)) ms, 99 % within \(NumberText.short(p99)) ms"
    }
}
