//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// How one kind of verb has fared since it last succeeded.
package struct VerbHealth: Hashable, Sendable {
    // Until then it is left alone.
    package internal(set) var leftAloneUntil = Timestamp(milliseconds: .min)
    package internal(set) var leftAloneSince = Timestamp(milliseconds: .min)
    var failures = 0
    var throttlings = 0

    // A request takes longer than a call waits for it: no failure yet, but nothing to go by either.
    var isSilent = false

    // A request failed in another way than by being throttled.
    private var isBroken = false

    var fails: Bool { failures > 0 || throttlings > 0 || isSilent }
    var isMoreThanThrottled: Bool { isBroken || isSilent }

    // How long it is left alone still.
    func wait(at now: Timestamp) -> Int64 {
        isUsable(at: now) ? 0 : leftAloneUntil.since(now)
    }

    package func isUsable(at now: Timestamp) -> Bool {
        // A clock that was set back must not prolong the wait.
        now >= leftAloneUntil || now < leftAloneSince
    }

    // Throttled more often than this in a row, it fails.
    var isOnlyThrottled: Bool { failures == 0 && throttlings < 3 }

    mutating func failed(isThrottled: Bool, retryInterval: Int64, at now: Timestamp) {
        isSilent = false
        if !isThrottled { isBroken = true }
        failures = min(failures + 1, 5)
        leftAloneSince = now
        leftAloneUntil = now.adding(retryInterval << (failures - 1))
    }

    mutating func throttled(first: Int64, maxViewAge: Int64, random: Double, at now: Timestamp) {
        isSilent = false
        throttlings += 1
        let wait = maxViewAge << (throttlings - 1)
        leftAloneSince = now
        leftAloneUntil = now.adding(first + wait + Int64(Double(wait) * random))
    }

    // It is tried once, until there is an answer.
    mutating func beginTry(for time: Int64, at now: Timestamp) {
        leftAloneSince = now
        leftAloneUntil = now.adding(time)
    }
}
