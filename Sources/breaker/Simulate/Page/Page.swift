//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import FleetSimulator

// The report: one page that needs nothing else, and no script to be read.
struct Page {
    let comparison: Comparison
    // How to have it again.
    let command: String

    var text: String {
        let scenario = comparison.scenario
        let timeline = Timeline(scenario.duration)
        let trouble = Trouble(scenario, timeline)
        let headline = Headline(comparison: comparison)
        let outcomes = OutcomeCharts(comparison: comparison, timeline: timeline, trouble: trouble)
        let states = StateCharts(comparison: comparison, timeline: timeline, trouble: trouble)
        let loads = LoadCharts(comparison: comparison, timeline: timeline, trouble: trouble)
        let stores = StoreCharts(comparison: comparison, timeline: timeline, trouble: trouble)
        let section = { (title: String, intro: String, key: Markup, panels: [Panel]) -> Markup in
            panels.isEmpty ? "" : Section(title: title, introduction: intro, key: key, panels: panels, trouble: trouble, timeline: timeline).markup
        }
        let rest: Markup = headline.rest.isEmpty ? "" : "<p class=\"result\">\(headline.rest)</p>"
        let page: Markup = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="generator" content="breaker simulate">
            <title>\(scenario.name): a fleet simulated</title>
            <link rel="icon" href="data:,">
            <style>
            \(Self.file(PackageResources.report_css))</style>
            </head>
            <body>
            \(Self.patterns)
            <header>
            <p class="kind">Fleet simulation <span>\(scenario.name)</span></p>
            <h1>\(headline.result)</h1>
            \(rest)
            <p class="setting">\(headline.setting)</p>
            </header>
            <main>
            \(FigureTable(comparison: comparison).markup)
            \(section("Calls by outcome", "Calls a second by how they ended. All panels share one scale.", outcomes.key, outcomes.panels))
            \(section("The circuit", Self.stateIntroduction, StateCharts.key, states.panels))
            \(section("Load on the downstream", "Calls that reach it each second, relative to its capacity.", loads.key, loads.panels))
            \(section("Load on the store", "Requests a second for the one record that the fleet shares.", stores.key, stores.panels))
            \(FigureDetails(comparison: comparison, timeline: timeline).markup)
            \(ScenarioNotes(scenario: scenario, command: command).markup)
            </main>
            <script type="application/json" id="data">\(Markup(verbatim: ChartData(comparison: comparison, timeline: timeline).json))</script>
            <script>
            \(Self.file(PackageResources.report_js))</script>
            </body>
            </html>

            """
        return page.description
    }

    private static let stateIntroduction =
        "The strip on top is the shared record; below it, the share of environments that take the circuit for each state. "
        + "An idle environment keeps the view that it had; a breaker per process has no record."

    static func key(_ entries: [(style: String, title: String)]) -> Markup {
        let items = entries.map { entry -> Markup in
            "<li><svg viewBox=\"0 0 16 12\" aria-hidden=\"true\"><rect class=\"\(entry.style)\" width=\"16\" height=\"12\"/></svg>\(entry.title)</li>"
        }
        return "<ul class=\"key\">\(items)</ul>"
    }

    // Hatching, so that nothing is shown by colour alone.
    private static var patterns: Markup {
        let stripes = ["harm", "deep", "lost"].map { name -> Markup in
            "<pattern id=\"\(name)\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect class=\"ground-\(name)\" width=\"8\" height=\"8\"/><path class=\"stripe-\(name)\" stroke-width=\"7\" d=\"M0 0V8\"/></pattern>"
        }
        return "<svg id=\"patterns\" aria-hidden=\"true\"><defs>\(stripes)</defs></svg>"
    }

    private static func file(_ bytes: [UInt8]) -> Markup {
        Markup(verbatim: String(decoding: bytes, as: UTF8.self))
    }
}

// Charts of one kind, below each other, on the same x axis.
struct Section {
    let title: String
    let introduction: String
    let key: Markup
    let panels: [Panel]
    let trouble: Trouble
    let timeline: Timeline

    var markup: Markup {
        """
        <section>
        <h2>\(title)</h2>
        <p>\(introduction)</p>
        \(key)
        \(trouble.names)
        \(panels.map(\.markup))
        \(axis)
        </section>
        """
    }

    private var axis: Markup {
        let ticks = timeline.ticks.map { second -> Markup in
            let left = timeline.percent(Int64(second) * 1000)
            let edge = left < 2 ? " class=\"first\"" : left > 98 ? " class=\"last\"" : ""
            return "<span\(Markup(verbatim: edge)) style=\"left:\(Shape.number(left))%\">\(NumberText.clock(second))</span>"
        }
        return "<div class=\"axis\" aria-hidden=\"true\"><div>\(ticks)</div></div>"
    }
}
