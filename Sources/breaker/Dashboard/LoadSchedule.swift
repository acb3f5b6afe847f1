//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// How many calls to begin when somebody looks: evenly so many a second, while somebody watches and not too many are under way.
struct LoadSchedule: Hashable, Sendable {
    static let most = 1000
    static let mostUnderWay = 4000
    // A load that nobody watches any more ends.
    static let unwatchedLimit = Duration.seconds(30)
    // After a pause of the whole process, what was not sent then is not sent all at once.
    private static let longestArrears: Int64 = 500

    private(set) var callsPerSecond = 0
    private(set) var underWay = 0
    // Calls that were due while too many were under way.
    private(set) var notSent = 0
    private var watchedAt = Timestamp.zero
    private var last = Timestamp.zero
    // In thousandths of a call.
    private var owed: Int64 = 0

    mutating func set(callsPerSecond: Int, at now: Timestamp) {
        self.callsPerSecond = callsPerSecond
        watchedAt = now
        last = now
        owed = 0
    }

    mutating func watch(at now: Timestamp) {
        watchedAt = now
    }

    // How many calls to begin now; nil: none until somebody asks for a load again.
    mutating func take(at now: Timestamp) -> Int? {
        if watchedAt.duration(to: now) > Self.unwatchedLimit { callsPerSecond = 0 }
        guard callsPerSecond > 0 else { return nil }
        owed += Int64(callsPerSecond) * min(max(0, now.since(last)), Self.longestArrears)
        last = now
        let due = Int(owed / 1000)
        owed %= 1000
        let calls = min(due, Self.mostUnderWay - underWay)
        underWay += calls
        notSent += due - calls
        return calls
    }

    mutating func end() {
        underWay -= 1
    }
}
