//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import FleetSimulator

// One figure by which algorithms are compared.
struct Measure: Sendable {
    // For people, as a column's head: a line each.
    let heading: [String]
    let explanation: String
    let text: @Sendable (Double) -> String
    let value: @Sendable (Run) -> Double?
    // Whether less is better, whatever else happens.
    let isRanked: Bool
    // What stands there if there is no value.
    let missing: @Sendable (Run) -> String

    init(
        _ heading: String...,
        explanation: String,
        isRanked: Bool = true,
        text: @escaping @Sendable (Double) -> String,
        missing: @escaping @Sendable (Run) -> String = { _ in Self.nothing },
        value: @escaping @Sendable (Run) -> Double?
    ) {
        self.heading = heading
        self.explanation = explanation
        self.isRanked = isRanked
        self.text = text
        self.missing = missing
        self.value = value
    }

    static let nothing = "–"

    func text(of run: Run) -> String {
        value(run).map(text) ?? missing(run)
    }

    // The runs that did best, if not all did.
    func best(of runs: [Run]) -> Set<Algorithm> {
        guard isRanked else { return [] }
        let texts = runs.compactMap { run in value(run).map { (run.algorithm, $0, text($0)) } }
        guard let least = texts.min(by: { $0.1 < $1.1 }), texts.contains(where: { $0.2 != least.2 }) || texts.count < runs.filter(\.isProtected).count
        else { return [] }
        return Set(texts.filter { $0.2 == least.2 }.map(\.0))
    }

    // A figure that nobody has says nothing.
    static func shown(for comparison: Comparison) -> [Measure] {
        all(for: comparison).filter { measure in comparison.runs.contains { measure.value($0) != nil } }
    }
}

extension Measure {
    private static func all(for comparison: Comparison) -> [Measure] {
        let isDown = comparison.scenario.downstream.phases.contains { $0.isDown }
        let isTrouble = comparison.scenario.hasTrouble
        let lastTrouble = comparison.scenario.downstream.phases.map(\.until).max().flatMap { $0 < comparison.scenario.duration ? $0 : nil }
        return [
            Measure(
                "calls to the",
                "dead",
                "downstream",
                explanation: "calls that reached the downstream while it was down",
                text: { NumberText.count($0) },
                value: { isDown ? Double($0.figures.callsWhileDown) : nil }
            ),
            Measure(
                "failures",
                "until the",
                "trip",
                explanation: "failed calls from the onset until the first circuit opened",
                text: { NumberText.count($0) },
                missing: { isTrouble && $0.isProtected ? "never" : nothing },
                value: { $0.isProtected ? $0.figures.failuresUntilTrip.map(Double.init) : nil }
            ),
            Measure(
                "probes",
                "at once",
                explanation: "the most probes at the same time, all environments together",
                text: { NumberText.count($0) },
                value: { $0.isProtected && $0.figures.mostProbes > 0 ? Double($0.figures.mostProbes) : nil }
            ),
            Measure(
                "recovery to",
                "CLOSED,",
                "seconds",
                explanation: "seconds from the downstream's recovery until the circuit was closed in the whole fleet",
                text: { NumberText.fixed($0 / 1000, 1) },
                missing: { isTrouble && $0.isProtected && $0.figures.trips > 0 ? "never" : nothing },
                value: { $0.isProtected && $0.figures.trips > 0 ? $0.figures.timeUntilClosed.map(Double.init) : nil }
            ),
            Measure(
                "recovery to",
                "99 % well,",
                "seconds",
                explanation: "seconds from the downstream's recovery until 99 of 100 calls of each second succeeded for good, a ramp included",
                text: { NumberText.fixed($0 / 1000, 1) },
                missing: { _ in lastTrouble == nil ? nothing : "never" },
                value: { run in lastTrouble.flatMap { run.timeUntilWell(after: $0) }.map(Double.init) }
            ),
            Measure(
                "highest load",
                "on recovery,",
                "of capacity",
                explanation: "the highest load on the downstream after it recovered, relative to its capacity",
                text: { NumberText.fixed($0, 2) },
                value: { $0.figures.highestLoad }
            ),
            Measure(
                "store",
                "requests per",
                "1,000 calls",
                explanation: "requests to the store for 1,000 calls while all is well",
                text: { NumberText.short($0) },
                value: { $0.algorithm.sharesRecord ? $0.figures.storeRequestsPer1000HealthyCalls : nil }
            ),
            Measure(
                "$ per",
                "million",
                "calls",
                explanation: "dollars for a million such calls at DynamoDB's list price",
                text: { NumberText.fixed($0, 4) },
                value: { $0.algorithm.sharesRecord ? $0.figures.dollarsPerMillionHealthyCalls : nil }
            ),
            Measure(
                "false",
                "trips",
                explanation: "changes to OPEN while nothing was wrong with the downstream",
                text: { NumberText.count($0) },
                value: { $0.isProtected ? Double($0.figures.falseTrips) : nil }
            ),
            Measure(
                "failed,",
                "timed out",
                "or lost",
                explanation: "calls of the whole run that failed, timed out, found no environment or were lost with theirs",
                text: { NumberText.count($0) },
                value: { Double($0.harmed) }
            ),
            Measure(
                "rejected,",
                "share of",
                "all calls",
                explanation: "calls that had their fallback at once, as a share of all calls",
                isRanked: false,
                text: { NumberText.percent($0) },
                value: { $0.isProtected && $0.figures.calls > 0 ? Double($0.figures.rejected) / Double($0.figures.calls) : nil }
            ),
        ]
    }
}
