//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// What one partition of the table carries: a second's worth may be used at once, and comes back evenly.
struct Partition {
    private let limits: StorePlan.Limits?
    private var writes: Double
    private var reads: Double
    private var filledAt: Milliseconds = 0

    init(_ limits: StorePlan.Limits?) {
        self.limits = limits
        writes = limits?.writeUnits ?? 0
        reads = limits?.readUnits ?? 0
    }

    // Whether a request is carried out; one that is not costs nothing.
    mutating func carries(reads readUnits: Double, writes writeUnits: Double, at now: Milliseconds) -> Bool {
        guard let limits else { return true }
        let share = Double(now - filledAt) / 1000
        filledAt = now
        writes = min(limits.writeUnits, writes + limits.writeUnits * share)
        reads = min(limits.readUnits, reads + limits.readUnits * share)
        guard writes >= writeUnits, reads >= readUnits else { return false }
        writes -= writeUnits
        reads -= readUnits
        return true
    }
}
