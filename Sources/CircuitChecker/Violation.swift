//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// An invariant that does not hold.
package struct Violation: Hashable, Sendable {
    package var invariant: String
    package var what: String
}

// What the checker keeps in mind to judge the engine by.
struct Ghost: Hashable {
    var epoch = Epoch.zero
    // Since when the shared record has not been CLOSED, in true time.
    var notClosedSince: Int64?
    // Since when an order closes the circuit to all.
    var forcedOpenSince: Int64?
    var orderEpoch = Epoch.zero
    // When a foreign writer last wrote.
    var foreignSince: Int64?
    // Failures that foreign writers added to their count in the record's epoch, when the last of them happened, and whether a save of theirs took some away.
    var foreignFailures = 0
    var foreignFailedAt = Timestamp.zero
    // What a late save brought back of an earlier epoch: a report that does not know of it makes it look new.
    var foreignLeftovers = 0
    var isForeignCountLost = false
    // The highest epoch there ever was.
    var highestEpoch = Epoch.zero
    // Outcomes of calls that were admitted in the record's epoch.
    var failures = 0
    var slowCalls = 0
    var successes = 0
    var surplusSuccesses = 0
    var goodProbes = 0
    var badProbes = 0
    // Failures that may count twice since their report arrived twice.
    var surplus = 0
    // What acknowledged reports of this epoch held, by slice.
    var acknowledged: [Timestamp: Int] = [:]
    // A probe's success may count twice since its write arrived twice.
    var surplusProbes = 0
}

extension World {
    mutating func violate(_ invariant: String, _ what: String) {
        violations.append(Violation(invariant: invariant, what: what))
    }
}
