//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// What an environment counted and the store has not acknowledged yet. One report is in flight at a time; the rest coalesces here.
package struct Unreported: Hashable, Sendable {
    var epoch = Epoch.zero
    var window = CircuitWindow()
    var streak = CircuitReport.StreakChange.add(0)
    var lastFailure: Timestamp?
    // The type of the last error, which the next write takes along.
    var lastError: Evidence.LastError?
    // Until when failures of this epoch asked to be left alone.
    var retryAt = Timestamp(milliseconds: .min)
    // Outcomes counted so far, and how many of them were acknowledged or given up.
    var counted = 0
    var settled = 0
    var inFlight: Int?
    var underWay: CircuitReport?
    // The number of the request that carries it.
    var underWayAs: UInt64 = 0

    mutating func begin(_ epoch: Epoch) -> CircuitWindow.Tally {
        let dropped = total
        self.epoch = epoch
        window = CircuitWindow()
        streak = .add(0)
        lastFailure = nil
        lastError = nil
        retryAt = Timestamp(milliseconds: .min)
        settled = counted
        inFlight = nil
        underWay = nil
        return dropped
    }

    // The record is gone, and with it whatever of this it had; what is under way can only be refused.
    mutating func goOn(in epoch: Epoch) {
        if let underWay { takeBack(underWay) }
        self.epoch = epoch
    }

    mutating func count(_ tally: CircuitWindow.Tally, bucket: Timestamp, reporter: EnvironmentID?, at now: Timestamp, retryAfter: Int64?) {
        counted += 1
        window.add(CircuitWindow.Bucket(start: bucket, tally: tally, reporters: reporter.map { [$0] } ?? []))
        if tally.failures > 0 {
            lastFailure = now
            if let retryAfter { retryAt = max(retryAt, now.adding(retryAfter)) }
        }
        switch streak {
        case _ where tally.failures == 0: streak = .restart(0)
        case .add(let count): streak = .add(count.addingSaturating(tally.failures))
        case .restart(let count): streak = .restart(count.addingSaturating(tally.failures))
        }
    }

    // Others know of them, by a sample that stands for them.
    mutating func forgetSuccesses() {
        window = CircuitWindow(
            window.buckets.compactMap { bucket in
                var bucket = bucket
                bucket.tally.successes = bucket.tally.slowCalls
                return bucket.tally.isEmpty ? nil : bucket
            }
        )
    }

    var total: CircuitWindow.Tally { window.total(from: Timestamp(milliseconds: .min), through: Timestamp(milliseconds: .max)) }

    mutating func forget(before start: Timestamp) {
        window.removeBuckets(before: start)
    }

    // Whether failures or slow calls wait, which must not wait for the next one.
    var isUrgent: Bool {
        window.buckets.contains(where: \.isUrgent)
    }

    var isInterrupted: Bool {
        if case .restart = streak { true } else { false }
    }

    var asReport: CircuitReport {
        CircuitReport(epoch: epoch, buckets: window.buckets, streak: streak, lastFailure: lastFailure)
    }

    mutating func send(
        showing: CircuitReport.Showing,
        keepsLastFailureTime: Bool,
        keepFrom: Timestamp,
        expiresAt: Timestamp?,
        as number: UInt64
    ) -> CircuitReport {
        var report = asReport
        report.showing = showing
        report.keepsLastFailureTime = keepsLastFailureTime
        report.keepFrom = keepFrom
        report.expiresAt = expiresAt
        report.lastError = lastError
        inFlight = counted
        underWay = report
        underWayAs = number
        window = CircuitWindow()
        streak = .add(0)
        lastFailure = nil
        lastError = nil
        return report
    }

    // A reply that arrives after the epoch it was sent in says nothing of what is in flight now.
    mutating func acknowledge(_ report: CircuitReport) {
        guard report.epoch == epoch else { return }
        settled = max(settled, inFlight ?? settled)
        inFlight = nil
        underWay = nil
    }

    // The report certainly did not arrive: what it held waits again, before what was counted since.
    mutating func takeBack(_ report: CircuitReport) {
        guard report.epoch == epoch else { return }
        inFlight = nil
        underWay = nil
        for bucket in report.buckets { window.add(bucket) }
        lastFailure = lastFailure ?? report.lastFailure
        lastError = lastError ?? report.lastError
        if case .add(let later) = streak {
            switch report.streak {
            case .add(let earlier): streak = .add(earlier.addingSaturating(later))
            case .restart(let earlier): streak = .restart(earlier.addingSaturating(later))
            }
        }
    }
}

extension CircuitWindow.Bucket {
    var isUrgent: Bool { tally.failures > 0 || tally.slowCalls > 0 }
}
