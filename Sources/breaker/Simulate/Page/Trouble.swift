//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import FleetSimulator

// What went wrong and when, shaded in every chart and named above the first of a section.
struct Trouble {
    struct Span {
        let from: Milliseconds
        let until: Milliseconds
        let word: String
    }

    let spans: [Span]
    let timeline: Timeline

    init(_ scenario: Scenario, _ timeline: Timeline) {
        self.timeline = timeline
        spans =
            scenario.downstream.phases.map { Span(from: $0.from, until: $0.until, word: "downstream \($0.word)") }
            + scenario.store.outages.map { Span(from: $0.from, until: $0.until, word: $0.word) }
    }

    var shades: Markup {
        "\(spans.map { span -> Markup in let (left, width) = place(span); return "<rect class=\"trouble\" x=\"\(Shape.number(left * 10))\" y=\"0\" width=\"\(Shape.number(width * 10))\" height=\"100\"/>" })"
    }

    var names: Markup {
        guard !spans.isEmpty else { return "" }
        var isNamed: Set<String> = []
        let labels = spans.map { span -> Markup in
            let (left, width) = place(span)
            // Of many alike, the first is enough.
            let word = isNamed.insert(span.word).inserted ? span.word : ""
            let side = left > 60 ? "right:\(Shape.number(100 - left - width))%;text-align:right" : "left:\(Shape.number(left))%"
            return "<i style=\"left:\(Shape.number(left))%;width:\(Shape.number(width))%\"></i><span style=\"\(side)\">\(word)</span>"
        }
        return "<div class=\"band\" aria-hidden=\"true\"><div>\(labels)</div></div>"
    }

    private func place(_ span: Span) -> (left: Double, width: Double) {
        let left = timeline.percent(span.from)
        return (left, timeline.percent(span.until) - left)
    }
}
