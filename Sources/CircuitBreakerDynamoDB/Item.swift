//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import AWSClient
package import CircuitBreaker

// A circuit's item as DynamoDB returns it.
package struct Item: StoredRecord, Sendable {
    package var attributes: [String: JSON]

    package init(attributes: [String: JSON]) {
        self.attributes = attributes
    }

    // The value of an attribute of ours; nil if it is not there.
    func value<Value>(_ name: String, _ read: (JSON) -> Value?) throws(StoreError) -> Value? {
        guard let value = attributes[name] else { return nil }
        guard let result = read(value) else { throw Self.unreadable(name) }
        return result
    }

    package var names: some Collection<String> { attributes.keys }

    package func text(_ name: String) throws(StoreError) -> String? { try value(name, \.text) }
    package func value(_ name: String) throws(StoreError) -> JSON? { attributes[name] }
    package func exactNumber(_ name: String) throws(StoreError) -> Int64? { try value(name, \.exactNumber) }
    package func nearestNumber(_ name: String) throws(StoreError) -> Int64? { try value(name, \.nearestNumber) }

    package static func unreadable(_ name: String) -> StoreError {
        StoreError(
            .unreadable,
            "the attribute '\(name)' of the circuit's item is not what this library writes; delete the item, and the circuit starts over CLOSED",
            mayHaveBeenApplied: false
        )
    }
}

// What circuitbreaker-lambda would see: an attribute that is missing or of another type is 0, or CLOSED.
extension Item {
    var shared: CircuitRecord.Shared {
        CircuitRecord.Shared(
            circuitState: sharedState,
            failureCount: attributes[Attribute.failureCount]?.nearestCount ?? 0,
            successCount: attributes[Attribute.successCount]?.nearestCount ?? 0,
            nextAttempt: sharedTime(Attribute.nextAttempt),
            lastFailureTime: sharedTime(Attribute.lastFailureTime),
            consecutiveOpens: attributes[Attribute.consecutiveOpens]?.nearestCount ?? 0,
            stateTimestamp: sharedTime(Attribute.stateTimestamp)
        )
    }

    // What `circuitState` says if it is not what we last wrote there: a hand or circuitbreaker-lambda has changed it.
    var editedState: CircuitState? {
        guard attributes[Attribute.epoch] != nil else { return nil }
        // Ours, for the order's sake.
        let forcedOpen = CircuitOrder.Kind.forceOpen.rawValue
        if sharedState == .open, attributes[Attribute.order]?.list?.first?.text == forcedOpen { return nil }
        let own = attributes[Attribute.state]?.text.flatMap { CircuitState(rawValue: $0) } ?? .closed
        return sharedState == own ? nil : sharedState
    }

    // Whether a number can be added to `failureCount`.
    var isCountable: Bool { attributes[Attribute.failureCount].map { $0["N"] != nil } ?? true }

    private var sharedState: CircuitState {
        switch attributes[Attribute.circuitState]?.text {
        case "OPEN": .open
        case "HALF-OPEN", "HALF": .halfOpen
        default: .closed
        }
    }

    private func sharedTime(_ name: String) -> Timestamp {
        Timestamp(milliseconds: attributes[name]?.nearestNumber ?? 0)
    }
}
