//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import FleetSimulator
import Synchronization

// The same scenario for several algorithms, on as many cores as there are. Their order is the one asked for, whoever is ready first.
struct SideBySide {
    let simulation: Simulation
    let algorithms: [Algorithm]

    func compare(_ progress: @escaping @Sendable (Double, Algorithm) -> Void) async throws -> Comparison {
        let shares = Shares(count: algorithms.count)
        return try await withThrowingTaskGroup(of: (Int, Run).self) { [simulation] group in
            for (index, algorithm) in algorithms.enumerated() {
                group.addTask {
                    (index, try simulation.run(algorithm) { progress(shares.update($0, of: index), algorithm) })
                }
            }
            var runs: [Int: Run] = [:]
            for try await (index, run) in group { runs[index] = run }
            var comparison = try simulation.compare([])
            comparison.runs = algorithms.indices.compactMap { runs[$0] }
            return comparison
        }
    }
}

// How far all of them are together.
private final class Shares: Sendable {
    private let shares: Mutex<[Double]>

    init(count: Int) {
        shares = Mutex(Array(repeating: 0, count: count))
    }

    func update(_ share: Double, of index: Int) -> Double {
        shares.withLock { shares in
            shares[index] = share
            return shares.reduce(0, +) / Double(shares.count)
        }
    }
}
