//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import FleetSimulator

// What the circuit is taken for: the record's state as a strip, and below it the share of environments that see each state.
struct StateCharts {
    static let key = Page.key([("closed", "CLOSED"), ("open", "OPEN"), ("half", "HALF-OPEN")])

    let comparison: Comparison
    let timeline: Timeline
    let trouble: Trouble

    var panels: [Panel] {
        comparison.runs.enumerated().filter { $0.element.isProtected }.map { panel($0.element, $0.offset) }
    }

    private func panel(_ run: Run, _ index: Int) -> Panel {
        let total = timeline.mean(run) { Double($0.environments) }
        let counts = [
            timeline.mean(run) { Double($0.seeOpen) }, timeline.mean(run) { Double($0.seeHalfOpen) }, timeline.mean(run) { Double($0.seeClosed) },
        ]
        var levels = [[Double](repeating: 0, count: timeline.points)]
        for row in counts {
            levels.append(timelineIndices.map { point in levels[levels.count - 1][point] + (total[point] > 0 ? row[point] / total[point] : 0) })
        }
        let isShared = run.algorithm.sharesRecord
        // The shares leave room for the strip.
        let top = isShared ? 100.0 / 68 : 1
        let bands = ["open", "half", "closed"].enumerated().map { place, name in
            Mark.path(Shape.steps(from: levels[place], to: levels[place + 1], top: top), class: name)
        }
        let figures = run.figures
        let trips = "\(NumberText.count(figures.trips)) \(figures.trips == 1 ? "trip" : "trips")"
        let needless = figures.falseTrips > 0 ? ", \(NumberText.count(figures.falseTrips)) without need" : ""
        let closed = figures.timeUntilClosed.map { "closed \(NumberText.seconds($0)) after recovery" }
        let late = figures.trips > 0 && comparison.scenario.hasTrouble ? closed ?? "not closed again" : ""
        return Panel(
            run: run,
            index: index,
            kind: "state",
            notes: ["\(trips)\(needless)", late],
            alternative: "\(trips)\(needless) \(late)",
            drawing: "\(trouble.shades)\(bands)\(isShared ? strip(run) : "")",
            height: isShared ? 52 : 40
        )
    }

    private var timelineIndices: Range<Int> { 0..<timeline.points }

    private func strip(_ run: Run) -> Markup {
        let states = timeline.last(run, \.record)
        var parts: [Markup] = []
        var start = 0
        for point in 1...timeline.points where point == timeline.points || states[point] != states[start] {
            let scale = Shape.width / Double(timeline.points)
            if let state = states[start], state != .unknown {
                let left = Double(start) * scale
                let width = Double(point - start) * scale
                parts.append(
                    "<rect class=\"\(state.style)\" x=\"\(Shape.number(left))\" y=\"0\" width=\"\(Shape.number(width))\" height=\"24\"/>"
                )
            }
            start = point
        }
        return "\(parts)"
    }
}

extension Belief {
    fileprivate var style: String {
        switch self {
        case .unknown: "unknown"
        case .closed: "closed"
        case .open: "open"
        case .halfOpen: "half"
        }
    }
}
