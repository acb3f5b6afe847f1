//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import FleetSimulator

// The measures of all algorithms, the best of each marked.
struct FigureTable {
    let comparison: Comparison

    var markup: Markup {
        let measures = Measure.shown(for: comparison)
        let best = measures.map { $0.best(of: comparison.runs) }
        let heads = measures.map { measure -> Markup in
            "<th scope=\"col\" title=\"\(measure.explanation)\">\(measure.heading.joined(separator: " "))</th>"
        }
        let rows = comparison.runs.map { run -> Markup in
            let cells = measures.indices.map { index -> Markup in
                let text = measures[index].text(of: run)
                return best[index].contains(run.algorithm) ? "<td class=\"best\">\(text)<i> best</i></td>" : "<td>\(text)</td>"
            }
            return
                "<tr\(run.algorithm == .sharedCircuit ? Markup(stringLiteral: " class=\"own\"") : "")><th scope=\"row\">\(run.title)</th>\(cells)</tr>\n"
        }
        let notes = measures.map { measure -> Markup in "<li><b>\(measure.heading.joined(separator: " "))</b>: \(measure.explanation)</li>" }
        return """
            <section>
            <h2>Figures</h2>
            <div class="scroll" tabindex="0" role="region" aria-label="Figures of all algorithms">
            <table class="figures">
            <thead><tr><th scope="col">algorithm</th>\(heads)</tr></thead>
            <tbody>
            \(rows)</tbody>
            </table>
            </div>
            <details><summary>What the columns mean</summary><ul>\(notes)</ul>
            <p>Less is better in all but the last, which has no best; the best is marked with a dot. A dash: it does not apply.</p></details>
            </section>
            """
    }
}

// The charts' numbers at some moments, for those who cannot see the charts.
struct FigureDetails {
    static let rows = 20

    let comparison: Comparison
    let timeline: Timeline

    var markup: Markup {
        let tables = comparison.runs.map { run -> Markup in
            let rows = moments(of: run).map { second -> Markup in
                let seen: Markup =
                    run.isProtected
                    ? "<td>\(second.seeClosed)</td><td>\(second.seeHalfOpen)</td><td>\(second.seeOpen)</td>" : "<td></td><td></td><td></td>"
                return
                    "<tr><th scope=\"row\">\(NumberText.clock(second.second))</th><td>\(second.succeeded)</td><td>\(second.failed)</td><td>\(second.timedOut)</td><td>\(second.rejected)</td><td>\(second.turnedAway + second.died)</td>\(seen)<td>\(second.load)</td><td>\(NumberText.count(second.capacity))</td><td>\(second.reads)</td><td>\(second.writes)</td><td>\(second.throttled)</td></tr>\n"
            }
            return """
                <details><summary>\(run.title)</summary>
                <div class="scroll" tabindex="0" role="region" aria-label="\(run.title) over time"><table>
                <thead><tr><th scope="col">second</th><th scope="col">succeeded</th><th scope="col">failed</th><th scope="col">timed out</th><th scope="col">rejected</th><th scope="col">turned away or lost</th><th scope="col">see CLOSED</th><th scope="col">see HALF-OPEN</th><th scope="col">see OPEN</th><th scope="col">load</th><th scope="col">capacity</th><th scope="col">reads</th><th scope="col">writes</th><th scope="col">throttled</th></tr></thead>
                <tbody>
                \(rows)</tbody></table></div></details>

                """
        }
        return
            "<section class=\"tables\">\n<h2>The charts as tables</h2>\n<p>One second in every \(max(1, timeline.seconds / Self.rows)); <code>--json</code> gives all of them.</p>\n\(tables)</section>"
    }

    private func moments(of run: Run) -> [Second] {
        let step = max(1, timeline.seconds / Self.rows)
        return stride(from: 0, to: run.seconds.count, by: step).map { run.seconds[$0] }
    }
}
