//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import ArgumentParser
import CircuitChecker

struct Exhaust: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Visits every state of each scenario, breadth first, up to a bound.")

    @Option(help: "Only scenarios whose names begin with this.")
    var scenario = ""

    @Option(help: "The most states of each scenario to visit.")
    var states = 100_000

    @Option(help: "The most steps from the beginning.")
    var depth = Int.max

    @Option(help: "Try recovery from one in this many states; 0 means from none.")
    var recovery = 4

    @Option(help: "How many scenarios to explore at once.")
    var jobs = 2

    func run() async throws {
        let scenarios = Scenario.all.filter { $0.name.hasPrefix(scenario) }
        guard !scenarios.isEmpty else {
            throw ValidationError("No scenario begins with \(scenario). There are: \(Scenario.all.map(\.name).joined(separator: ", ")).")
        }
        let limits = Search.Limits(states: states, depth: depth, recoveryShare: recovery)
        let clock = ContinuousClock()
        let start = clock.now
        var (visited, violations) = (0, 0)
        await withTaskGroup(of: (Search.Outcome, Duration).self) { group in
            var waiting = scenarios[...]
            func addNext() {
                guard let scenario = waiting.popFirst() else { return }
                group.addTask {
                    let start = clock.now
                    let outcome = Search.explore(scenario, limits)
                    return (outcome, start.duration(to: clock.now))
                }
            }
            for _ in 0..<max(1, jobs) { addNext() }
            for await (outcome, time) in group {
                addNext()
                visited += outcome.states
                print("\(outcome) in \(time.formatted)")
                guard let finding = outcome.finding else { continue }
                violations += 1
                print("\(finding.violation.invariant) does not hold: \(finding.violation.what)\n\(story(of: finding.trace, in: outcome.scenario))")
            }
        }
        print("\(visited) distinct states of \(scenarios.count) scenarios in \(start.duration(to: clock.now).formatted), \(violations) violations")
        if violations > 0 { throw ExitCode.failure }
    }
}

extension Duration {
    var formatted: String {
        let tenths = (self / .milliseconds(100)).rounded()
        return "\(tenths / 10) s"
    }
}
