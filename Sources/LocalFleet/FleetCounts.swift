//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import CircuitBreaker
package import UnreliableService

// What a fleet answered, and what its breakers report: of all environments, those that are gone included.
package struct FleetCounts: Hashable, Sendable {
    // Answers by their kind.
    package var answers: [ServiceOutcome: Int] = [:]
    // Requests that found all environments busy.
    package var throttled = 0
    // Outcomes that the breakers report.
    package var outcomes = CircuitBreaker.Counts()
    package var busy = 0
    package var idle = 0
    package var started = 0
    package var recycled = 0
    package var mostAtOnce = 0

    package init() {}

    package var fallbacks: Int {
        answers.values.reduce(0, +) - self[.success] - self[.refused]
    }

    package subscript(outcome: ServiceOutcome) -> Int { answers[outcome, default: 0] }
}
