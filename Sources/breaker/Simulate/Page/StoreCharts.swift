//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import FleetSimulator

// Requests to the store that holds the record.
struct StoreCharts {
    let comparison: Comparison
    let timeline: Timeline
    let trouble: Trouble

    var key: Markup {
        let isThrottled = comparison.runs.contains { $0.figures.storeThrottled > 0 }
        return Page.key([("writes", "writes"), ("reads", "reads")] + (isThrottled ? [("over", "throttled")] : []))
    }

    var panels: [Panel] {
        let scale = Scale(comparison.runs.flatMap { $0.seconds.map { Double($0.reads + $0.writes) } }.max() ?? 0)
        return comparison.runs.enumerated().filter { $0.element.algorithm.sharesRecord }.map { panel($0.element, $0.offset, scale) }
    }

    private func panel(_ run: Run, _ index: Int, _ scale: Scale) -> Panel {
        let writes = timeline.mean(run) { Double($0.writes) }
        let all = timeline.mean(run) { Double($0.writes + $0.reads) }
        let throttled = timeline.mean(run) { Double($0.throttled) }
        let none = all.map { _ in 0.0 }
        let figures = run.figures
        let healthy = figures.storeRequestsPer1000HealthyCalls.map { "\(NumberText.short($0)) for 1,000 healthy calls" } ?? ""
        var units = "at most \(NumberText.short(figures.mostWriteUnits)) write and \(NumberText.short(figures.mostReadUnits)) read units/s"
        if figures.storeThrottled > 0 { units += ", \(NumberText.count(figures.storeThrottled)) throttled" }
        return Panel(
            run: run,
            index: index,
            kind: "store",
            notes: [healthy, units],
            alternative: "\(NumberText.count(figures.storeRequests)) requests in all, \(healthy), \(units)",
            drawing:
                "\(trouble.shades)\(Mark.path(Shape.area(from: none, to: writes, top: scale.top), class: "writes"))\(Mark.path(Shape.area(from: writes, to: all, top: scale.top), class: "reads"))\(Mark.path(Shape.area(from: none, to: throttled, top: scale.top), class: "over"))",
            marks: [Mark.level(scale.top, of: scale, index == 0 ? "\(NumberText.short(scale.top)) requests/s" : NumberText.short(scale.top))],
            height: 84
        )
    }
}
