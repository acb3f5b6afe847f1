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

    static let shared = [
        circuitState, failureCount, successCount, nextAttempt, lastFailureTime, consecutiveOpens, stateTimestamp, schemaVersion,
    ]

    // Ours, with a prefix of their own but for the last. One that is missing counts as 0 or none.
    static let epoch = "cb_epoch"
    static let state = "cb_state"
    static let since = "cb_since"
    static let ownNextAttempt = "cb_next"
    static let ownConsecutiveOpens = "cb_opens"
    static let ownSuccessCount = "cb_probed"
    static let lostProbes = "cb_lost"
    static let unusedProbes = "cb_unused"
    static let failureStreak = "cb_streak"
    static let shownFailures = "cb_shown"
    static let writer = "cb_writer"
    static let reason = "cb_reason"
    static let order = "cb_order"
    static let orderEpoch = "cb_orders"
    static let announcedOrder = "cb_told"
    // For people who look for the cause.
    static let troubleSince = "cb_trouble"
    static let lastError = "cb_error"
    static let changedBy = "cb_by"
    // There as long as an order without an end is in force; holds what `expiresAt` is to be meanwhile.
    static let hold = "cb_hold"
    // The table's TTL attribute, in seconds. A table has one for all its items, so it bears no library's name.
    static let expiresAt = "expiresAt"

    private static let slotPrefix = "cb_slot"

    static func slot(_ index: Int) -> String { slotPrefix + "\(index)" }

    static func slotIndex(_ name: String) -> Int? {
        guard name.hasPrefix(slotPrefix), let index = Int(name.dropFirst(slotPrefix.count)), slot(index) == name else { return nil }
        return index
    }
}
