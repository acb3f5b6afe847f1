//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// What one partition of the table carries, second by second.
struct Partition {
    private let limits: StorePlan.Limits?
    private var second: Milliseconds = -1
    private var writes = 0.0
    private var reads = 0.0

    init(_ limits: StorePlan.Limits?) {
        self.limits = limits
    }

    // Whether a request is carried out; one that is not costs nothing.
    mutating func carries(reads readUnits: Double, writes writeUnits: Double, at now: Milliseconds) -> Bool {
        guard let limits else { return true }
        if now / 1000 != second {
            second = now / 1000
            (writes, reads) = (0, 0)
        }
        guard writes + writeUnits <= limits.writeUnits, reads + readUnits <= limits.readUnits else { return false }
        writes += writeUnits
        reads += readUnits
        return true
    }
}
