//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// What a circuit does with calls.
public enum CircuitState: String, Hashable, Sendable, CaseIterable {
    /// Calls pass; failures are counted. Can transition to: open.
    case closed = "CLOSED"
    /// Calls are rejected until the next attempt is due. Can transition to: halfOpen, and to closed by an operator or a foreign writer.
    case open = "OPEN"
    /// A few probes at a time find out whether the dependency is back. Can transition to: closed, open.
    case halfOpen = "HALF-OPEN"

    // The pattern's log line has a shorter word for the third state.
    package var logName: String {
        self == .halfOpen ? "HALF" : rawValue
    }
}
