//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// What an environment knows of the store itself.
package struct StoreHealth: Hashable, Sendable {
    // The store failed and has not answered since.
    package internal(set) var isLost = false
    // Until then it is left alone.
    package internal(set) var leftAloneUntil = Timestamp(milliseconds: .min)
    var leftAloneSince = Timestamp(milliseconds: .min)
    // Until then a view may be older than usual, since the store throttles.
    package internal(set) var graceUntil = Timestamp(milliseconds: .min)
    var failures = 0
    var throttlings = 0

    package func isUsable(at now: Timestamp) -> Bool {
        // A clock that was set back must not prolong the wait.
        now >= leftAloneUntil || now < leftAloneSince
    }

    // Throttled more often than this in a row, an environment has lost the store: what it cannot report protects nobody.
    var isOnlyThrottled: Bool { throttlings < 3 }

    mutating func succeeded() {
        self = StoreHealth()
    }

    mutating func failed(retryInterval: Int64, at now: Timestamp) {
        failures = min(failures + 1, 5)
        isLost = true
        leftAloneSince = now
        leftAloneUntil = now.adding(retryInterval << (failures - 1))
    }

    // The random share keeps a fleet that was throttled together from coming back together.
    mutating func throttled(maxViewAge: Int64, random: Double, at now: Timestamp) {
        throttlings += 1
        let wait = maxViewAge << (throttlings - 1)
        leftAloneSince = now
        leftAloneUntil = now.adding(wait + Int64(Double(wait) * random))
        graceUntil = leftAloneUntil.adding(maxViewAge)
    }
}
