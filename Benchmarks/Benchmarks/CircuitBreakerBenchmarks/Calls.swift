//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Benchmark
import CircuitBreaker
import FleetSimulator

// The loops that are measured, and the breakers they use.
enum Calls {
    static let keys = (0..<10_000).map { "tenant-\($0)" }

    static func probes(_ breaker: CircuitBreaker, _ count: Int) async {
        for number in 0..<count { blackHole(try? await breaker.run { number }) }
    }

    static func lookUp(_ registry: CircuitBreakerRegistry, _ count: Int) {
        for number in 0..<count { blackHole(try? registry.breaker(for: keys[number &* 7919 % keys.count])) }
    }

    static func halfOpened(probes: Int) async throws -> CircuitBreaker {
        let breaker = try CircuitBreaker(
            "benchmark",
            configuration: .init(
                policy: .failures(1, within: .seconds(60)),
                recovery: .init(openTime: .milliseconds(1), probes: probes, successesToClose: 1_000_000)
            )
        )
        try? await breaker.run { () async throws in throw Unavailable() }
        try await Task.sleep(for: .milliseconds(5))
        return breaker
    }

    static func registry() throws -> CircuitBreakerRegistry {
        let registry = try CircuitBreakerRegistry(capacity: keys.count)
        for key in keys { _ = try registry.breaker(for: key) }
        return registry
    }

    // Two calls a second for each environment.
    static func simulation(environments: Int, calls: Int) throws -> Simulation {
        let rate = Double(environments) * 2
        return try Simulation(
            Scenario(
                name: "benchmark",
                duration: Milliseconds(Double(calls) / rate * 1000),
                arrivals: .steady(perSecond: rate),
                fleet: Fleet(environments: environments, warm: environments, routing: .random)
            )
        )
    }

    struct Unavailable: Error {}
}
