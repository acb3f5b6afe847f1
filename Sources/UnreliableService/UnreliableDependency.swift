//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import CircuitBreaker

// The unreliable service of the pattern: succeeds with a probability.
package struct UnreliableDependency: Dependency {
    package struct Failed: Error, Hashable, CustomStringConvertible {
        package init() {}

        package var description: String { "the unreliable service failed" }
    }

    private let successProbability: Double
    private let latency: Duration
    private let clock: any CircuitClock
    private let random: @Sendable () -> Double

    // `random` gives numbers from 0 up to but not including 1.
    package init(
        successProbability: Double,
        latency: Duration = .zero,
        clock: any CircuitClock = WallClock(),
        random: @escaping @Sendable () -> Double = { .random(in: 0..<1) }
    ) {
        self.successProbability = successProbability
        self.latency = latency
        self.clock = clock
        self.random = random
    }

    package var timeLimit: Duration? { nil }

    package func call(_ request: ServiceRequest) async throws -> ServiceResponse {
        if latency > .zero { try await clock.sleep(for: latency) }
        guard random() < successProbability else { throw Failed() }
        return ServiceResponse(message: "Success", outcome: .success)
    }
}
