//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import FleetSimulator
import Foundation
import Testing

@testable import breaker

@Suite(.timeLimit(.minutes(2))) struct SimulationReportTests {
    static func comparison(_ change: (inout Scenario) -> Void = { _ in }, _ algorithms: [Algorithm] = Algorithm.allCases) throws -> Comparison {
        var scenario = Scenario.outage
        scenario.duration = 90_000
        scenario.arrivals = .poisson(perSecond: 20)
        scenario.fleet.environments = 20
        scenario.fleet.warm = 20
        scenario.downstream.phases = [.init(.dead, from: 20_000, until: 50_000)]
        change(&scenario)
        return try Simulation(scenario).compare(algorithms)
    }

    @Test func namesAreEscaped() throws {
        let name = #"</title></script><script>alert("&'")</script>"#
        let comparison = try Self.comparison({ ($0.name, $0.summary) = (name, name) }, [.sharedCircuit, .none])
        let page = Page(comparison: comparison, command: "breaker simulate '\(name)'").text
        #expect(!page.contains("alert(\""))
        #expect(page.components(separatedBy: "&lt;script&gt;alert(&quot;&amp;&#39;&quot;)").count == 5)
        #expect(page.components(separatedBy: "</script>").count == 3)
        #expect(Markup(stringInterpolation: .init(literalCapacity: 0, interpolationCount: 0)).description.isEmpty)
    }

    @Test(arguments: [
        (["simulate"], "breaker simulate --seed 5"), (["simulate", "outage", "--seed", "9"], "breaker simulate outage --seed 9"),
        (["simulate", "--html", "a b.html", "--json", "--seed=9"], "breaker simulate --seed=9"),
        (["simulate", "--html=x", "--arrivals", "it's <b>.csv"], #"breaker simulate --arrivals 'it'\''s <b>.csv' --seed 5"#),
    ])
    func commandIsRepeatable(arguments: [String], expected: String) {
        #expect(ShellCommand(arguments, seed: 5).description == expected)
    }

    @Test func commandIsWhatAShellReads() throws {
        let words = ["simulate", "it's", "a\"b", "$HOME", "`x`", "\\", "", "*", "é", "--seed", "1"]
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", "breaker() { printf '%s\\n' \"$@\"; }; \(ShellCommand(words, seed: 1))"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(output == words.map { $0 + "\n" }.joined())
    }

    @Test func bestIsMarkedOnlyWhereThereIsADifference() throws {
        let runs = try Self.comparison().runs
        let calls = Measure("calls", explanation: "", text: { NumberText.count($0) }, value: { Double($0.figures.calls) })
        #expect(calls.best(of: runs).isEmpty)
        let failures = Measure("failures", explanation: "", text: { NumberText.count($0) }, value: { Double($0.harmed) })
        let least = runs.map(\.harmed).min()
        #expect(failures.best(of: runs) == Set(runs.filter { $0.harmed == least }.map(\.algorithm)))
        #expect(!failures.best(of: runs).contains(.none))
    }

    @Test(arguments: [40, 60, 80, 200])
    func tableKeepsWithinTheTerminal(width: Int) throws {
        let comparison = try Self.comparison()
        let table = TextTable(comparison)
        let lines = table.text(width: width, isColored: false).split(separator: "\n")
        let widest = comparison.runs.map(\.title.count).max() ?? 0
        #expect(lines.allSatisfy { $0.count <= max(width, widest + 16) })
        for run in comparison.runs { #expect(lines.contains { $0.hasPrefix(run.title) }) }
        let plain = table.text(width: nil, isColored: true).replacingOccurrences(of: "\u{1B}[1m", with: "").replacingOccurrences(
            of: "\u{1B}[0m",
            with: ""
        )
        #expect(plain.split(separator: "\n").count == 3 + comparison.runs.count)
    }

    @Test func longRunIsDrawnInFewPoints() throws {
        for seconds in [1, 59, 600, 601, 7200, 86_400] {
            let timeline = Timeline(Milliseconds(seconds) * 1000)
            #expect(timeline.points <= Timeline.mostPoints && timeline.points * timeline.width >= seconds)
            #expect(timeline.ticks.count <= 8 && timeline.ticks.first == 0)
        }
        let run = try Self.comparison({ $0.duration = 1_300_000 }, [.sharedCircuit]).runs[0]
        let timeline = Timeline(1_300_000)
        #expect(timeline.width == 3 && timeline.points == 434)
        let mean = timeline.mean(run) { Double($0.arrived) }
        // The last point is of one second alone.
        #expect(mean[433] == Double(run.seconds[1299].arrived))
        #expect(mean[0] == Double(run.seconds[0...2].reduce(0) { $0 + $1.arrived }) / 3)
        #expect(timeline.peak(run) { Double($0.load) }[100] == Double(run.seconds[300...302].map(\.load).max() ?? 0))
    }

    @Test(arguments: [(0.0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"), (-1234, "−1,234"), (0.4, "0")])
    func countsAreGrouped(number: Double, text: String) {
        #expect(NumberText.count(number) == text)
    }

    @Test func numbersAreShort() {
        #expect(NumberText.fixed(0.005, 2) == "0.01" && NumberText.fixed(12.3456, 1) == "12.3" && NumberText.fixed(1234.5, 1) == "1,234.5")
        #expect(NumberText.fixed(-0.04, 1) == "0.0" && NumberText.fixed(0.0217, 4) == "0.0217")
        #expect(
            NumberText.short(0.25) == "0.25" && NumberText.short(2500) == "2,500" && NumberText.short(66.42) == "66.4" && NumberText.short(2) == "2"
        )
        #expect(NumberText.span(90_000) == "90 s" && NumberText.span(300_000) == "5 min" && NumberText.span(250) == "250 ms")
        #expect(NumberText.percent(0.5) == "50 %" && NumberText.percent(0.0004) == "< 0.1 %" && NumberText.percent(0.997) == "99.7 %")
        #expect(NumberText.clock(0) == "0:00" && NumberText.clock(95) == "1:35")
    }

    @Test func scaleIsRoundAndNotFarAboveTheGreatest() {
        for greatest in [0.0003, 0.21, 1, 1.05, 9.7, 2143, 99_999] {
            let top = Scale(greatest).top
            #expect(top >= greatest && top <= greatest * 2, "\(greatest): \(top)")
        }
        #expect(Scale(0).top == 1 && Scale(2143).top == 2500)
    }

    @Test func shapesFillWhatTheyStandFor() {
        #expect(Shape.area(from: [0, 0], to: [5, 10], top: 10) == "M0 50L250 50L750 0L1000 0L1000 100L750 100L250 100L0 100Z")
        #expect(Shape.steps(from: [0, 0], to: [5, 10], top: 10) == "M0 50L500 50L500 0L1000 0L1000 100L0 100Z")
        #expect(Shape.area(from: [1, 1], to: [1, 1], top: 10).isEmpty)
        #expect(Shape.line([1, 1, 1, 1, 2], top: 2) == "M0 50L100 50L700 50L900 0L1000 0")
    }
}
