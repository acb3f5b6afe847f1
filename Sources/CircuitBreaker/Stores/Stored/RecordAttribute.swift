//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// The names of what a store keeps of a record, one for each attribute of an item or field of a hash.
// DynamoDB charges a write by the started kilobyte, names included, so ours are short.
package enum RecordAttribute {
    package static let id = "id"

    // Those of circuitbreaker-lambda.
    package static let circuitState = "circuitState"
    package static let failureCount = "failureCount"
    package static let successCount = "successCount"
    package static let nextAttempt = "nextAttempt"
    package static let lastFailureTime = "lastFailureTime"
    package static let consecutiveOpens = "consecutiveOpens"
    package static let stateTimestamp = "stateTimestamp"
    package static let schemaVersion = "schemaVersion"

    package static let shared = [
        circuitState, failureCount, successCount, nextAttempt, lastFailureTime, consecutiveOpens, stateTimestamp, schemaVersion,
    ]

    // Ours, with a prefix of their own but for the last. One that is missing counts as 0 or none.
    package static let epoch = "cb_epoch"
    package static let state = "cb_state"
    package static let since = "cb_since"
    package static let ownNextAttempt = "cb_next"
    package static let ownConsecutiveOpens = "cb_opens"
    package static let ownSuccessCount = "cb_probed"
    package static let lostProbes = "cb_lost"
    package static let unusedProbes = "cb_unused"
    package static let failureStreak = "cb_streak"
    package static let shownFailures = "cb_shown"
    package static let writer = "cb_writer"
    package static let reason = "cb_reason"
    package static let order = "cb_order"
    package static let orderEpoch = "cb_orders"
    package static let announcedOrder = "cb_told"
    // For people who look for the cause.
    package static let troubleSince = "cb_trouble"
    package static let lastError = "cb_error"
    package static let changedBy = "cb_by"
    // There as long as an order without an end is in force; holds what `expiresAt` is to be meanwhile.
    package static let hold = "cb_hold"
    // The table's TTL attribute, in seconds. A table has one for all its items, so it bears no library's name.
    package static let expiresAt = "expiresAt"

    private static let slotPrefix = "cb_slot"

    package static func slot(_ index: Int) -> String { slotPrefix + "\(index)" }

    package static func slotIndex(_ name: String) -> Int? {
        guard name.hasPrefix(slotPrefix), let index = Int(name.dropFirst(slotPrefix.count)), slot(index) == name else { return nil }
        return index
    }
}
