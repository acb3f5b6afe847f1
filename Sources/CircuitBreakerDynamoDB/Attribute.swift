//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// The names of the item's attributes. A write pays for each started kilobyte of an item, names included, so ours are short.
enum Attribute {
    static let id = "id"

    // Those of circuitbreaker-lambda.
    static let circuitState = "circuitState"
    static let failureCount = "failureCount"
    static let successCount = "successCount"
    static let nextAttempt = "nextAttempt"
    static let lastFailureTime = "lastFailureTime"
    static let consecutiveOpens = "consecutiveOpens"
    static let stateTimestamp = "stateTimestamp"
    static let schemaVersion = "schemaVersion"

    // Ours. One that is missing counts as 0 or none.
    static let epoch = "epoch"
    static let state = "state"
    static let since = "since"
    static let ownNextAttempt = "next"
    static let ownConsecutiveOpens = "opens"
    static let ownSuccessCount = "probed"
    static let lostProbes = "lost"
    static let failureStreak = "streak"
    static let writer = "writer"
    static let reason = "reason"
    static let override = "override"
    static let orderEpoch = "orders"
    // There as long as an order without an end is in force; holds what `expiresAt` is to be meanwhile.
    static let hold = "hold"
    // The table's TTL attribute, in seconds.
    static let expiresAt = "expiresAt"

    static func slot(_ index: Int) -> String { "slot\(index)" }

    static func slotIndex(_ name: String) -> Int? {
        guard name.hasPrefix("slot"), let index = Int(name.dropFirst(4)), slot(index) == name else { return nil }
        return index
    }
}
