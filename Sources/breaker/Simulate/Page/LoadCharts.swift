//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import FleetSimulator

// What reaches the downstream, beside what it can answer.
struct LoadCharts {
    let comparison: Comparison
    let timeline: Timeline
    let trouble: Trouble

    private var capacity: Double { max(comparison.scenario.downstream.capacity, 1) }

    // A service that could answer many times what arrives is not drawn to that scale.
    private var isNearCapacity: Bool { greatest * 4 >= capacity }

    private var greatest: Double { comparison.runs.flatMap { $0.seconds.map { Double($0.load) } }.max() ?? 0 }

    var panels: [Panel] {
        let scale = Scale(isNearCapacity ? max(greatest, capacity) / capacity : greatest / capacity)
        return comparison.runs.enumerated().map { panel($0.element, $0.offset, scale) }
    }

    var key: Markup {
        Page.key(
            [("load", "load"), ("over", "beyond what it can answer at that moment")] + (isNearCapacity ? [("limit", "what it can answer")] : [])
        )
    }

    private func panel(_ run: Run, _ index: Int, _ scale: Scale) -> Panel {
        let load = timeline.peak(run) { Double($0.load) / capacity }
        let able = timeline.mean(run) { answerable($0) / capacity }
        let within = zip(load, able).map { min($0, $1) }
        var drawing = [
            trouble.shades, Mark.path(Shape.area(from: load.map { _ in 0 }, to: within, top: scale.top), class: "load"),
            Mark.path(Shape.area(from: within, to: load, top: scale.top), class: "over"),
        ]
        if isNearCapacity { drawing.append(Mark.path(Shape.line(able.map { min($0, scale.top) }, top: scale.top), class: "limit")) }
        let peak = run.figures.highestLoad.map { "peak after recovery \(NumberText.fixed($0, 2)) of capacity" }
        let most = run.seconds.map(\.load).max() ?? 0
        let note = peak ?? "at most \(NumberText.count(most)) calls/s, \(NumberText.fixed(Double(most) / capacity, 2)) of capacity"
        var marks = [Mark.level(scale.top, of: scale, index == 0 ? "\(NumberText.short(scale.top))× capacity" : "\(NumberText.short(scale.top))×")]
        if isNearCapacity, scale.top > 1.4 { marks.append(Mark.level(1, of: scale, "1×")) }
        return Panel(
            run: run,
            index: index,
            kind: "load",
            notes: [note],
            alternative: "at most \(NumberText.count(most)) calls in a second, capacity \(NumberText.count(capacity)); \(note)",
            drawing: "\(drawing)",
            marks: marks,
            height: 84
        )
    }

    // Nothing, while it is down.
    private func answerable(_ second: Second) -> Double {
        let middle = Milliseconds(second.second) * 1000 + 500
        let isDown = comparison.scenario.downstream.phases.contains { $0.isDown && $0.from <= middle && middle < $0.until }
        return isDown ? 0 : second.capacity
    }
}
