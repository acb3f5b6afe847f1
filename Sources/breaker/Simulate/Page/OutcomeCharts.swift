//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import FleetSimulator

// How calls end.
enum Outcome: String, CaseIterable {
    // What hurts stands on the baseline, where it can be compared.
    case failed
    case timedOut
    case lost
    case succeeded
    case rejected

    var title: String {
        switch self {
        case .failed: "failed"
        case .timedOut: "timed out"
        case .lost: "turned away or lost"
        case .succeeded: "succeeded"
        case .rejected: "rejected, fallback at once"
        }
    }

    func count(_ second: Second) -> Double {
        switch self {
        case .failed: Double(second.failed)
        case .timedOut: Double(second.timedOut)
        case .lost: Double(second.turnedAway + second.died)
        case .succeeded: Double(second.succeeded)
        case .rejected: Double(second.rejected)
        }
    }
}

// Calls by outcome over time, stacked, on one scale for all.
struct OutcomeCharts {
    let comparison: Comparison
    let timeline: Timeline
    let trouble: Trouble

    var panels: [Panel] {
        let rows = comparison.runs.map { run in Outcome.allCases.map { outcome in timeline.mean(run, outcome.count) } }
        let scale = Scale(rows.flatMap { stack($0).last ?? [] }.max() ?? 0)
        return comparison.runs.indices.map { index in panel(comparison.runs[index], index, rows[index], scale) }
    }

    var key: Markup {
        let used = Outcome.allCases.filter { outcome in comparison.runs.contains { $0.seconds.contains { outcome.count($0) > 0 } } }
        return Page.key(used.map { ($0.rawValue, $0.title) })
    }

    private func panel(_ run: Run, _ index: Int, _ values: [[Double]], _ scale: Scale) -> Panel {
        let levels = stack(values)
        let areas = Outcome.allCases.indices.map { place in
            Mark.path(Shape.area(from: levels[place], to: levels[place + 1], top: scale.top), class: Outcome.allCases[place].rawValue)
        }
        let figures = run.figures
        return Panel(
            run: run,
            index: index,
            kind: "calls",
            notes: [
                "\(NumberText.count(run.harmed)) failed, timed out or lost", run.isProtected ? "\(NumberText.count(figures.rejected)) rejected" : "",
            ],
            alternative:
                "of \(NumberText.count(figures.calls)) calls \(NumberText.count(figures.succeeded)) succeeded, \(NumberText.count(figures.failed)) failed, "
                + "\(NumberText.count(figures.timedOut)) timed out, \(NumberText.count(figures.rejected)) were rejected",
            drawing: "\(trouble.shades)\(areas)",
            marks: [Mark.level(scale.top, of: scale, index == 0 ? "\(NumberText.short(scale.top)) calls/s" : NumberText.short(scale.top))]
                + names(values, levels, scale),
            height: 104
        )
    }

    private func stack(_ values: [[Double]]) -> [[Double]] {
        var levels = [[Double](repeating: 0, count: timeline.points)]
        for row in values { levels.append(zip(levels[levels.count - 1], row).map { $0 + $1 }) }
        return levels
    }

    // An area that is large enough bears its name.
    private func names(_ values: [[Double]], _ levels: [[Double]], _ scale: Scale) -> [Markup] {
        Outcome.allCases.indices.compactMap { place in
            guard let stretch = longest(values[place].map { $0 >= scale.top * 0.2 }), stretch.count * 100 >= timeline.points * 11 else { return nil }
            let middle = (stretch.lowerBound + stretch.upperBound - 1) / 2
            let bottom = stretch.map { levels[place][$0] }.sorted()[stretch.count / 2]
            let top = stretch.map { levels[place + 1][$0] }.sorted()[stretch.count / 2]
            let left = Shape.number((Double(middle) + 0.5) / Double(timeline.points) * 100)
            let isWide = stretch.count * 100 >= timeline.points * 30
            let outcome = Outcome.allCases[place]
            let word = outcome == .rejected ? "rejected" : outcome.title
            return
                "<span class=\"name \(outcome.rawValue)\(isWide ? "" : " narrow")\" style=\"left:\(left)%;bottom:\(Shape.number((bottom + top) / 2 / scale.top * 100))%\">\(word)</span>"
        }
    }

    private func longest(_ flags: [Bool]) -> Range<Int>? {
        var best = 0..<0
        var start: Int?
        for index in 0...flags.count {
            if index < flags.count, flags[index] {
                start = start ?? index
            } else if let from = start {
                if index - from > best.count { best = from..<index }
                start = nil
            }
        }
        return best.isEmpty ? nil : best
    }
}
