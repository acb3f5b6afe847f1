//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// How many calls are due when somebody looks: evenly so many a second.
struct LoadSchedule: Hashable, Sendable {
    static let most = 1000

    private(set) var callsPerSecond = 0
    private var last = Timestamp.zero
    // In thousandths of a call.
    private var owed: Int64 = 0

    mutating func set(callsPerSecond: Int, at now: Timestamp) {
        self.callsPerSecond = callsPerSecond
        last = now
        owed = 0
    }

    mutating func due(at now: Timestamp) -> Int {
        // After a pause of the whole process, what was not sent then is not sent all at once.
        owed += Int64(callsPerSecond) * min(max(0, now.since(last)), 500)
        last = now
        let calls = owed / 1000
        owed -= calls * 1000
        return Int(calls)
    }
}
