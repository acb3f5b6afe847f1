//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import FleetSimulator

// One small chart: a algorithm's name and its point at the left, the drawing at the right.
struct Panel {
    let run: Run
    let index: Int
    let kind: String
    let notes: [String]
    let alternative: String
    let drawing: Markup
    var marks: [Markup] = []
    var height = 96

    var markup: Markup {
        """
        <figure class="panel\(run.algorithm == .sharedCircuit ? " own" : "")">
        <figcaption><b>\(run.title)</b>\(notes.filter { !$0.isEmpty }.map { note -> Markup in "<span>\(note)</span>" })</figcaption>
        <div class="plot" tabindex="0" role="img" data-kind="\(kind)" data-run="\(index)" aria-label="\(run.title): \(alternative)" style="height:\(height)px">
        <svg viewBox="0 0 1000 100" preserveAspectRatio="none" aria-hidden="true">\(drawing)</svg>\(marks)
        </div>
        </figure>

        """
    }
}

// Marks on a drawing, as text that is not stretched with it.
enum Mark {
    static func level(_ value: Double, of scale: Scale, _ text: String) -> Markup {
        "<span class=\"level\" style=\"bottom:\(Shape.number(value / scale.top * 100))%\">\(text)</span>"
    }

    static func line(_ value: Double, of scale: Scale, class name: String) -> Markup {
        let y = Shape.number(100 - value / scale.top * 100)
        return "<path class=\"\(name)\" d=\"M0 \(y)H1000\"/>"
    }

    static func path(_ outline: String, class name: String) -> Markup {
        outline.isEmpty ? "" : "<path class=\"\(name)\" d=\"\(outline)\"/>"
    }
}
