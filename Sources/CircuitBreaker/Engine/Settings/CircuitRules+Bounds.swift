//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// What a record may say of times and counts. Whatever lies beyond was not written by these rules and these clocks, and is not believed.
extension CircuitRules {
    // No open time is longer.
    package var longestOpenTime: Int64 {
        max(maximumOpenTime, maximumRetryAfter)
    }

    // No call is rejected for longer from now on, by whatever record and whatever clock.
    package var longestRejection: Int64 { longestOpenTime + maxClockSkew }

    // A next attempt that no right clock can have put there is due at once: one probe finds out.
    package func isDue(_ nextAttempt: Timestamp, at now: Timestamp) -> Bool {
        now >= nextAttempt || nextAttempt > now.adding(longestRejection)
    }

    package func isFree(_ slot: ProbeSlot?, at now: Timestamp) -> Bool {
        guard let slot else { return true }
        return now >= slot.leaseEnd.adding(maxClockSkew) || slot.leaseEnd > now.adding(longestLease + maxClockSkew)
    }
}

extension CircuitRecord {
    // HALF-OPEN begins with all counts at 0, and they only grow.
    var countsAreImpossible: Bool { successCount < 0 || lostProbes < 0 || unusedProbes < 0 }

    var probesWithoutOutcome: Int { max(0, lostProbes).addingSaturating(max(0, unusedProbes)) }
}
