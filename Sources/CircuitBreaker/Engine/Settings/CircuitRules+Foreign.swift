//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// Failures that foreign writers and this library's environments count towards one threshold, as far as writes without a condition allow.
extension CircuitRules {
    // Those that foreign writers counted while the circuit was CLOSED. Theirs is one count with the time of the last: all are as old as that one.
    func foreignFailures(in record: CircuitRecord, at now: Timestamp) -> Int {
        guard case .failures = policy.rule, record.state == .closed, record.shared.failureCount > record.shownFailures else { return 0 }
        let last = record.shared.lastFailureTime
        // What they had loaded before the circuit closed, and saved later, is of another epoch.
        guard last >= max(windowStart(at: now), record.since), last <= windowEnd(at: now) else { return 0 }
        return unshown(in: record)
    }

    // It tells how old a foreign writer's failures are, so a report writes its own only while there are none, and seldom: it may not know of the latest.
    func keepsLastFailureTime(of record: CircuitRecord, at now: Timestamp) -> Bool {
        if foreignFailures(in: record, at: now) > 0 { return true }
        return (-maxClockSkew...window / 2).contains(now.since(record.shared.lastFailureTime))
    }

    // What a report of so many calls says of its failures to foreign writers, who know no share: none, unless they are a share of all calls.
    func showing(_ report: CircuitWindow.Tally, beside record: CircuitRecord, at now: Timestamp) -> CircuitReport.Showing {
        guard case .failures(_, let share) = policy.rule, report.failures > 0 else { return .unchanged }
        let foreign = foreignFailures(in: record, at: now)
        var total = total(of: record, at: now)
        let known = total.failures
        total += report
        let isShare = Double(total.failures.addingSaturating(foreign)) >= share * Double(total.calls.addingSaturating(foreign))
        let own = isShare ? total.failures : 0
        // Others may be adding theirs at the same time, so a count that is right is added to.
        let isRight = record.shared.failureCount.subtractingSaturating(record.shownFailures) == foreign
        if isRight, record.shownFailures == (isShare ? known : 0) { return isShare ? .add(report.failures) : .unchanged }
        return .set(count: own.addingSaturating(foreign), own: own)
    }

    private func unshown(in record: CircuitRecord) -> Int {
        max(0, record.shared.failureCount).subtractingSaturating(max(0, record.shownFailures))
    }
}

extension Int {
    fileprivate func subtractingSaturating(_ other: Int) -> Int {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other > 0 ? .min : .max) : difference
    }
}
