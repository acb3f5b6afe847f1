//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// Runs a scenario, once for each contender, with the same calls and the same luck.
public struct Simulation: Sendable {
    /// What is run.
    public let scenario: Scenario

    /// Checks a scenario.
    /// - Parameter scenario: what is run.
    /// - Throws: ``SimulationError/scenario(setting:value:allowed:)`` that names what cannot be used.
    public init(_ scenario: Scenario) throws(SimulationError) {
        try scenario.validate()
        self.scenario = scenario
    }

    /// Runs it for one contender after the other.
    /// - Parameters:
    ///   - contenders: who, in this order.
    ///   - progress: is told, after each virtual second, who runs and which share of its run is done.
    /// - Returns: what became of each.
    /// - Throws: ``SimulationError/violation(_:)`` when an invariant does not hold.
    public func compare(
        _ contenders: [Contender] = Contender.allCases,
        progress: (Contender, Double) -> Void = { _, _ in }
    ) throws(SimulationError) -> Comparison {
        var runs: [Run] = []
        for contender in contenders { runs.append(try run(contender) { progress(contender, $0) }) }
        return Comparison(scenario: scenario, runs: runs)
    }

    /// Runs it for one contender.
    /// - Parameters:
    ///   - contender: who.
    ///   - progress: is told, after each virtual second, which share of the run is done.
    /// - Returns: what became of it.
    /// - Throws: ``SimulationError/violation(_:)`` when an invariant does not hold.
    public func run(_ contender: Contender, progress: (Double) -> Void = { _ in }) throws(SimulationError) -> Run {
        switch contender {
        case .sharedCircuit: try run(SharedCircuit(scenario), as: contender, progress)
        case .none: try run(NoBreaker(), as: contender, progress)
        case .perProcess: try run(PerProcess(scenario), as: contender, progress)
        case .circuitBreakerLambda: try run(CircuitBreakerLambda(scenario), as: contender, progress)
        // As old as our own views may be.
        case .circuitBreakerLambdaCached:
            try run(CircuitBreakerLambda(scenario, cacheTime: scenario.circuit.maxViewAge), as: contender, progress)
        case .powertools: try run(Powertools(scenario), as: contender, progress)
        }
    }

    private func run<A: Algorithm>(_ algorithm: A, as contender: Contender, _ progress: (Double) -> Void) throws(SimulationError) -> Run {
        var world = World(scenario, algorithm)
        try world.run(progress)
        return Run(contender: contender, title: contender.title, seconds: world.record.seconds, figures: world.record.figures)
    }
}
