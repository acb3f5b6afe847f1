//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import CircuitBreaker
package import UnreliableService

// How one request ended, for those who watch the fleet.
package struct FleetCall: Hashable, Sendable {
    // Nil: all environments were busy.
    package var environment: Int?
    package var outcome: ServiceOutcome?
    package var isProbe: Bool
    package var start: Timestamp
    package var end: Timestamp

    package init(environment: Int?, outcome: ServiceOutcome?, isProbe: Bool = false, start: Timestamp, end: Timestamp) {
        self.environment = environment
        self.outcome = outcome
        self.isProbe = isProbe
        self.start = start
        self.end = end
    }

    package var isThrottled: Bool { outcome == nil }
}
