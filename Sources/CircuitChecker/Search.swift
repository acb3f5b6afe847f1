//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// Breadth first: the first violation found has the shortest trace.
package struct Search {
    package struct Limits: Sendable {
        package var states = 1_000_000
        package var depth = Int.max
        // Every so many states, recovery is tried from one; 1: from all, 0: from none.
        package var recoveryShare = 1

        package init(states: Int = 1_000_000, depth: Int = .max, recoveryShare: Int = 1) {
            self.states = states
            self.depth = depth
            self.recoveryShare = recoveryShare
        }
    }

    package struct Finding: Sendable {
        package var violation: Violation
        package var trace: [Step]
        package var isInRecovery: Bool
    }

    package struct Outcome: Sendable {
        package var scenario: Scenario
        package var states = 0
        package var transitions = 0
        package var depth = 0
        package var recoveries = 0
        // Whether every state within the scenario's budget was visited.
        package var isComplete = false
        package var finding: Finding?
    }

    private let scenario: Scenario
    private let limits: Limits
    private var visited: Set<Int> = []
    private var parents: [Int32] = []
    private var steps: [Step] = []

    private init(_ scenario: Scenario, _ limits: Limits) {
        self.scenario = scenario
        self.limits = limits
    }

    package static func explore(_ scenario: Scenario, _ limits: Limits = .init()) -> Outcome {
        var search = Search(scenario, limits)
        return search.run()
    }

    private mutating func run() -> Outcome {
        var outcome = Outcome(scenario: scenario)
        let first = World(scenario)
        visited.insert(Canonical.state(of: first, in: scenario).hashValue)
        parents.append(-1)
        steps.append(.tick(1))
        var level: [(number: Int32, world: World)] = [(0, first)]
        while !level.isEmpty, outcome.depth < limits.depth {
            var next: [(number: Int32, world: World)] = []
            for (number, world) in level {
                for step in world.steps(in: scenario) {
                    outcome.transitions += 1
                    var after = world
                    after.take(step, in: scenario)
                    if let violation = after.violations.first {
                        outcome.states = visited.count
                        outcome.finding = Finding(violation: violation, trace: trace(to: number) + [step], isInRecovery: false)
                        return outcome
                    }
                    let hash = Canonical.state(of: after, in: scenario).hashValue
                    guard visited.insert(hash).inserted else { continue }
                    parents.append(number)
                    steps.append(step)
                    let index = Int32(parents.count - 1)
                    if limits.recoveryShare > 0, Int(index) % limits.recoveryShare == 0 {
                        outcome.recoveries += 1
                        var recovery = Recovery(from: after, in: scenario)
                        if let violation = recovery.run() {
                            outcome.states = visited.count
                            outcome.finding = Finding(violation: violation, trace: trace(to: index) + recovery.trace, isInRecovery: true)
                            return outcome
                        }
                    }
                    next.append((index, after))
                }
                if visited.count >= limits.states {
                    outcome.states = visited.count
                    return outcome
                }
            }
            level = next
            if !next.isEmpty { outcome.depth += 1 }
        }
        outcome.states = visited.count
        outcome.isComplete = level.isEmpty
        return outcome
    }

    private func trace(to number: Int32) -> [Step] {
        var trace: [Step] = []
        var number = number
        while number > 0 {
            trace.append(steps[Int(number)])
            number = parents[Int(number)]
        }
        return trace.reversed()
    }
}

extension Search.Outcome: CustomStringConvertible {
    package var description: String {
        let extent = isComplete ? "all there are" : "depth \(depth)"
        return "\(scenario.name): \(states) states, \(extent), \(transitions) transitions, \(recoveries) recoveries"
    }
}
