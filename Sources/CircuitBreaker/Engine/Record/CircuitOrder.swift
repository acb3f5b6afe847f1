//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import SafeText

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
    /// Who gave the order, in at most ``longestText`` bytes of UTF-8.
    public var by: String
    /// Why, in at most ``longestText`` bytes of UTF-8.
    public var why: String

    /// The most bytes of UTF-8 that an order's `by` and `why` may have: they are part of the record, which every environment reads.
    public static let longestText = 256

    /// Creates an order.
    public init(_ kind: Kind, until: Timestamp? = nil, by: String = "", why: String = "") {
        self.kind = kind
        self.until = until
        self.by = by
        self.why = why
    }

    // Until when foreign writers must reject, if they must: without an end, the last second of the year 9999.
    var mirroredUntil: Timestamp? {
        kind == .forceOpen ? until ?? Timestamp(milliseconds: 253_402_300_799_000) : nil
    }

    // The state that decides about calls, if the order does.
    package var decidingState: CircuitState? {
        switch kind {
        case .forceOpen: .open
        case .forceClosed, .disabled: .closed
        case .observe: nil
        }
    }

    package func isInForce(at now: Timestamp) -> Bool {
        until.map { now < $0 } ?? true
    }

    package static func check(by: String, why: String) throws(ConfigurationError) {
        for (name, text) in [("by", by), ("why", why)] where text.utf8.count > longestText {
            let shown = "\(text.shortened(toBytes: 20).debugDescription)… (\(text.utf8.count) bytes)"
            throw ConfigurationError(setting: name, value: shown, allowed: "at most \(longestText) bytes of UTF-8 long")
        }
    }
}

extension String {
    package var shortenedAsOrder: String { shortened(toBytes: CircuitOrder.longestText) }
}
