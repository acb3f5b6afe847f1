//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker

// What several verbs write.
extension Update {
    // Gives an item that this write may create all attributes that foreign readers know, but for those that the write sets itself.
    mutating func fillShared(except written: Set<String> = []) {
        let defaults: [(String, JSON)] = [
            (Attribute.circuitState, .text(CircuitState.closed.rawValue)), (Attribute.failureCount, .count(0)),
            (Attribute.successCount, .count(0)), (Attribute.nextAttempt, .count(0)), (Attribute.lastFailureTime, .count(0)),
            (Attribute.consecutiveOpens, .count(0)), (Attribute.stateTimestamp, .count(0)), (Attribute.schemaVersion, .count(1)),
        ]
        for (attribute, value) in defaults where !written.contains(attribute) { set(attribute, to: attribute, orElse: value) }
    }

    // A writer who has not seen an order without an end must leave the item with none: the order's own attribute decides.
    mutating func setExpiry(_ time: Timestamp?) {
        guard let time else { return remove(Attribute.expiresAt) }
        set(Attribute.expiresAt, to: Attribute.hold, orElse: Expiry.value(time))
    }

    mutating func setOrder(_ order: CircuitOrder?, expiresAt: Timestamp?) {
        if let order { set(Attribute.order, order.stored()) } else { remove(Attribute.order) }
        if let order, order.until == nil {
            set(Attribute.hold, Expiry.never)
            remove(Attribute.expiresAt)
        } else {
            remove(Attribute.hold)
            if let expiresAt { set(Attribute.expiresAt, Expiry.value(expiresAt)) } else { remove(Attribute.expiresAt) }
        }
    }
}
