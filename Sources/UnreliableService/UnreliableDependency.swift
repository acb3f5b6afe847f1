//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import CircuitBreaker
import Synchronization

// The unreliable service of the pattern: succeeds with a probability, until it is made better or worse.
package final class UnreliableDependency: Dependency {
    package struct Failed: Error, Hashable, CustomStringConvertible {
        package init() {}

        package var description: String { "the unreliable service failed" }
    }

    package struct Behavior: Hashable, Sendable {
        package enum Mode: String, CaseIterable, Sendable {
            // Takes its time, and succeeds with its probability.
            case normal
            // Never answers.
            case hanging
            // Fails at once, as a host does that refuses connections.
            case dead
        }

        package var mode: Mode
        package var successProbability: Double
        package var latency: Duration

        package init(mode: Mode = .normal, successProbability: Double, latency: Duration = .zero) {
            self.mode = mode
            self.successProbability = successProbability
            self.latency = latency
        }
    }

    private let current: Mutex<Behavior>
    private let clock: any CircuitClock
    private let random: @Sendable () -> Double

    // `random` gives numbers from 0 up to but not including 1.
    package init(
        successProbability: Double,
        latency: Duration = .zero,
        clock: any CircuitClock = WallClock(),
        random: @escaping @Sendable () -> Double = { .random(in: 0..<1) }
    ) {
        current = Mutex(Behavior(successProbability: successProbability, latency: latency))
        self.clock = clock
        self.random = random
    }

    package var timeLimit: Duration? { nil }

    // Counts for the calls that begin from now on.
    package func change(_ body: (inout Behavior) -> Void) {
        current.withLock { body(&$0) }
    }

    package var behavior: Behavior { current.withLock { $0 } }

    package func call(_ request: ServiceRequest) async throws -> ServiceResponse {
        let behavior = behavior
        switch behavior.mode {
        case .normal: if behavior.latency > .zero { try await clock.sleep(for: behavior.latency) }
        // The caller gives up first.
        case .hanging: try await clock.sleep(for: .seconds(86400))
        case .dead: throw Failed()
        }
        guard random() < behavior.successProbability else { throw Failed() }
        return ServiceResponse(message: "Success", outcome: .success)
    }
}
