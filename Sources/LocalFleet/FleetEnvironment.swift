//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import CircuitBreaker

// One environment: what it does, and what it believes.
package struct FleetEnvironment: Hashable, Sendable {
    package var number: Int
    package var isBusy: Bool
    // When it became idle; Lambda freezes an environment between two requests.
    package var idleSince: Timestamp?
    // Nil while it starts.
    package var view: CircuitView?
}

// The environments of a fleet, and those that are gone.
package struct FleetStanding: Hashable, Sendable {
    // In the order of their numbers.
    package var environments: [FleetEnvironment] = []
    // The last that were recycled, the latest last.
    package var recycled: [Int] = []

    package init() {}
}
