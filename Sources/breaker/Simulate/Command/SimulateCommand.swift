//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import ArgumentParser
import FleetSimulator

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Simulate a fleet and compare circuit breakers in it.",
        discussion: """
            Many environments call a downstream that gets into trouble, each protected by the same kind of breaker; then the same calls are made again with the \
            next kind. Time is virtual, and the same seed gives the same result. This project's circuit runs on the engine that ships; the others follow their \
            documented algorithms.

            PRESETS
            \(Scenario.presets.map { "  \($0.name)\(String(repeating: " ", count: max(1, 14 - $0.name.count)))\($0.summary)" }
                .joined(separator: "\n"))

            Options change the preset. Times are numbers with a unit: 250ms, 10s, 5m.

            EXAMPLES:
              breaker simulate
              breaker simulate stampede --html report.html
              breaker simulate brownout --environments 100 --rate 50 --algorithms shared,per-process
              breaker simulate outage --trouble hanging:30s-90s --duration 3m --failure-threshold 10
              breaker simulate store-outage --json
            """
    )

    @Argument(
        help: ArgumentHelp("What happens. (default: outage)", valueName: "preset"),
        transform: { name in
            guard let scenario = Scenario.preset(name) else {
                throw ValidationError("must be one of \(Scenario.presets.map(\.name).joined(separator: ", "))")
            }
            return scenario
        }
    )
    var preset = Scenario.outage

    @OptionGroup(title: "THE RUN") var plan: RunOptions
    @OptionGroup(title: "CALLS") var calls: CallOptions
    @OptionGroup(title: "ENVIRONMENTS") var fleet: FleetOptions
    @OptionGroup(title: "DOWNSTREAM AND STORE") var trouble: TroubleOptions
    @OptionGroup(title: "CIRCUITS") var circuit: CircuitOptions
}

extension SimulateCommand {
    func run() async throws {
        let scenario = try scenario()
        let environment = ProcessInfo.processInfo.environment
        let file = plan.html.map(ReportFile.init)
        try file?.check()
        let comparison = try await simulate(scenario, environment)
        let command = ShellCommand(Array(CommandLine.arguments.dropFirst()), seed: scenario.seed).description
        if let file { try file.write(Page(comparison: comparison, command: command).text) }
        if plan.json {
            Output.write(try SimulationDocument(comparison, command: command).json())
        } else {
            let terminal = Terminal.output
            Output.writeStyled(text(comparison, command, width: terminal.width, isColored: terminal.isColored(environment)))
            if let file { Output.write("\nreport: \(file.path)") }
        }
    }

    // The preset as the options change it.
    func scenario() throws -> Scenario {
        var scenario = preset
        scenario.seed = plan.seed ?? scenario.seed
        scenario.duration = plan.duration ?? scenario.duration
        try calls.apply(to: &scenario)
        try fleet.apply(to: &scenario.fleet)
        try trouble.apply(to: &scenario)
        try circuit.apply(to: &scenario.circuit)
        return scenario
    }

    private func simulate(_ scenario: Scenario, _ environment: [String: String]) async throws -> Comparison {
        let terminal = Terminal.error
        let bar = terminal.isTerminal ? ProgressBar(width: terminal.width ?? 80, isColored: terminal.isColored(environment)) : nil
        defer { bar?.clear() }
        do {
            return try await SideBySide(simulation: Simulation(scenario), algorithms: plan.algorithms).compare { bar?.update($0, $1.title) }
        } catch let error as SimulationError {
            switch error {
            case .violation: throw CommandFailure("\(error)")
            case .scenario, .arrivals: throw CommandFailure("\(error)", status: CommandFailure.usage)
            }
        }
    }

    private func text(_ comparison: Comparison, _ command: String, width: Int?, isColored: Bool) -> String {
        let headline = Headline(comparison: comparison)
        return """
            \(comparison.scenario.name): \(headline.setting)

            \(TextTable(comparison).text(width: width, isColored: isColored))

            * best

            \([headline.result, headline.bound, headline.rest, headline.warning].filter { !$0.isEmpty }.joined(separator: "\n"))

            repeat with: \(command)
            """
    }
}
