//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// What an operator ordered, for the whole fleet.
public struct CircuitOrder: Hashable, Sendable {
    /// What the order does.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Every call is rejected.
        case forceOpen = "FORCE-OPEN"
        /// Every call passes; failures are counted in the window but trip nothing.
        case forceClosed = "FORCE-CLOSED"
        /// Every call passes and nothing is counted.
        case disabled = "DISABLED"
        /// The circuit does all that it would do, except reject.
        case observe = "OBSERVE"
    }

    /// What the order does.
    public var kind: Kind
    /// When the order ends by itself; nil: when it is lifted.
    public var until: Timestamp?
    /// Who gave the order.
    public var by: String
    /// Why.
    public var why: String

    /// Creates an order.
    public init(_ kind: Kind, until: Timestamp? = nil, by: String = "", why: String = "") {
        self.kind = kind
        self.until = until
        self.by = by
        self.why = why
    }

    package func isInForce(at now: Timestamp) -> Bool {
        until.map { now < $0 } ?? true
    }
}
