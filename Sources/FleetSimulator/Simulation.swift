//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

/// Runs a scenario, once for each algorithm, with the same calls and the same luck.
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

    /// Runs it for one algorithm after the other.
    /// - Parameters:
    ///   - algorithms: who, in this order.
    ///   - progress: called after each virtual second with who runs and which share of its run is done.
    /// - Returns: what became of each.
    /// - Throws: ``SimulationError/violation(_:)`` when an invariant does not hold.
    public func compare(
        _ algorithms: [Algorithm] = Algorithm.allCases,
        progress: (Algorithm, Double) -> Void = { _, _ in }
    ) throws(SimulationError) -> Comparison {
        var runs: [Run] = []
        for algorithm in algorithms { runs.append(try run(algorithm) { progress(algorithm, $0) }) }
        return Comparison(scenario: scenario, runs: runs)
    }

    /// Runs it for one algorithm.
    /// - Parameters:
    ///   - algorithm: who.
    ///   - progress: called after each virtual second with which share of the run is done.
    /// - Returns: what became of it.
    /// - Throws: ``SimulationError/violation(_:)`` when an invariant does not hold.
    public func run(_ algorithm: Algorithm, progress: (Double) -> Void = { _ in }) throws(SimulationError) -> Run {
        switch algorithm {
        case .sharedCircuit: try run(SharedCircuit(scenario), as: algorithm, progress)
        case .none: try run(NoBreaker(), as: algorithm, progress)
        case .perProcess: try run(PerProcess(scenario), as: algorithm, progress)
        case .circuitBreakerLambda: try run(CircuitBreakerLambda(scenario), as: algorithm, progress)
        // As old as our own views may be.
        case .circuitBreakerLambdaCached:
            try run(CircuitBreakerLambda(scenario, cacheTime: scenario.circuit.sharing.maxViewAge.milliseconds), as: algorithm, progress)
        case .powertools: try run(Powertools(scenario), as: algorithm, progress)
        }
    }

    private func run<A: AlgorithmModel>(_ model: A, as algorithm: Algorithm, _ progress: (Double) -> Void) throws(SimulationError) -> Run {
        var world = World(scenario, model)
        try world.run(progress)
        return Run(algorithm: algorithm, title: algorithm.title, seconds: world.record.seconds, figures: world.record.figures)
    }
}
