//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import FleetSimulator

// What was simulated, and what came out, in one plain sentence each.
struct Headline {
    let comparison: Comparison

    private var scenario: Scenario { comparison.scenario }
    private var own: Run? { comparison.runs.first { $0.algorithm == .sharedCircuit } }

    var setting: String {
        let fleet = scenario.fleet
        let run = "\(NumberText.count(fleet.environments)) environments, \(scenario.arrivals.text), for \(NumberText.span(scenario.duration))"
        return ([run] + scenario.troubles).joined(separator: "; ") + "."
    }

    // What the settings do that few want; empty: nothing.
    var warning: String {
        guard case .failures(let count, let share) = scenario.circuit.policy.rule, share == 0 else { return "" }
        return """
            Warning: \(count) failures open the circuit at any share of the calls (--failure-share 0): the more calls a fleet makes, the fewer errors cut it off.
            """
    }

    // The sentence that matters most.
    var result: String {
        guard let own else { return best }
        let isDown = scenario.downstream.phases.contains { $0.isDown }
        if isDown, scenario.store.outages.isEmpty { return outage(own) }
        if scenario.hasTrouble || !scenario.store.outages.isEmpty { return trouble(own) }
        return falseTrips(own)
    }

    // What else there is to say.
    var rest: String {
        guard let own else { return "" }
        let delay =
            scenario.store.outages.isEmpty
            ? "" : " The store kept each call waiting for \(NumberText.fixed(own.figures.storeDelayPerCall, 1)) ms on average."
        if scenario.hasTrouble { return recovery(own) + delay }
        return scenario.store.outages.isEmpty ? cost(own) : falseTrips(own) + delay
    }

    private var others: [Run] { comparison.runs.filter { $0.algorithm != .sharedCircuit && $0.isProtected } }

    private func bestOther(_ value: (Run) -> Double?) -> (title: String, value: Double)? {
        others.compactMap { run in value(run).map { (run.title, $0) } }.min { $0.1 < $1.1 }
    }

    private func outage(_ own: Run) -> String {
        let own = "With \(own.title) \(NumberText.count(own.figures.callsWhileDown)) calls reached the downstream while it was down"
        guard let other = bestOther({ Double($0.figures.callsWhileDown) }) else { return own + "." }
        return "\(own); with the best other, \(other.title), \(NumberText.count(other.value))."
    }

    // What these calls are to be compared with; empty: nothing.
    var bound: String {
        guard let calls = own?.figures.callsToLearn else { return "" }
        return """
            To learn of it from a record costs \(NumberText.count(calls)) by itself: the failures that open the circuit, what arrives within two round trips to the store, \
            one call of each environment that was busy, and the probes.
            """
    }

    private func recovery(_ own: Run) -> String {
        guard own.figures.trips > 0 else { return "The circuit never opened." + writes(own) }
        guard let closed = own.figures.timeUntilClosed else { return "The circuit was not yet closed everywhere when the run ended." }
        var text = "\(NumberText.seconds(closed)) after the downstream's recovery the circuit was closed in the whole fleet"
        if let load = own.figures.highestLoad {
            text += ", and the recovering downstream was never loaded above \(NumberText.fixed(load, 2)) of its capacity"
        }
        return text + "." + answers(own) + writes(own)
    }

    // When and how many calls were answered, beside what the downstream allowed.
    private func answers(_ own: Run) -> String {
        let figures = own.figures
        var text = ""
        if let closed = figures.timeUntilClosed, let well = figures.timeUntilWell {
            func sinceClosed(_ time: Milliseconds) -> String { NumberText.seconds(max(0, time - closed)) }
            text = " 99 of 100 calls were answered \(sinceClosed(well)) after that"
            text += figures.timeUntilAble.map { "; the downstream can answer so many \(sinceClosed($0)) after it at the earliest." } ?? "."
        }
        text += " Of \(NumberText.count(figures.answerable)) calls that it could have answered \(NumberText.count(figures.succeeded)) were"
        return text + (figures.rejectedByRamp > 0 ? ", and \(NumberText.count(figures.rejectedByRamp)) were held back by the ramp." : ".")
    }

    // What these writes are to be compared with.
    private func writes(_ own: Run) -> String {
        guard scenario.store.outages.isEmpty else { return "" }
        let (most, failures) = (NumberText.count(own.figures.mostWrites), NumberText.count(own.figures.mostFailures))
        return " The most writes of a second were \(most), the most failures, each of which is reported, \(failures)."
    }

    private func trouble(_ own: Run) -> String {
        let text = "With \(own.title) \(NumberText.count(own.harmed)) of \(NumberText.count(own.figures.calls)) calls failed, timed out or were lost"
        guard let other = bestOther({ Double($0.harmed) }) else { return text + "." }
        return "\(text); with the best other, \(other.title), \(NumberText.count(other.value))."
    }

    private func cost(_ own: Run) -> String {
        guard let requests = own.figures.storeRequestsPer1000HealthyCalls else { return "" }
        let text = "1,000 calls cost \(NumberText.short(requests)) requests to the store"
        let other = bestOther { $0.algorithm.sharesRecord ? $0.figures.storeRequestsPer1000HealthyCalls : nil }
        return text + (other.map { "; with \($0.title), \(NumberText.short($0.value))" } ?? "") + "."
    }

    private func falseTrips(_ own: Run) -> String {
        own.figures.falseTrips == 0
            ? "The circuit never opened without need." : "The circuit opened \(NumberText.count(own.figures.falseTrips)) times without need."
    }

    // Without our own circuit in the comparison.
    private var best: String {
        guard let run = comparison.runs.min(by: { $0.harmed < $1.harmed }) else { return "Nothing was compared." }
        return "The fewest calls failed, timed out or were lost with \(run.title): \(NumberText.count(run.harmed))."
    }
}
