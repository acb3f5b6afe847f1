//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// An outage of a busy fleet shows in the failures that are reported between two views of one environment, soon after it began.
extension CircuitStateMachine {
    // Called when a view is about to be replaced.
    mutating func setMark(before next: CircuitRecord) {
        guard rules.needsSuccesses, view.record.state == .closed, next.epoch == view.record.epoch, let fetchedAt = view.fetchedAt else {
            mark = nil
            return
        }
        // Two views that follow each other closely would hold too few calls between them.
        if let mark, fetchedAt.since(mark.at) <= rules.maxViewAge, fetchedAt >= mark.at { return }
        mark = WindowMark(
            at: fetchedAt,
            tally: rules.total(of: view.record, at: fetchedAt),
            callsPerSlice: rules.callsPerSlice(in: view.record, at: fetchedAt)
        )
    }

    func surgeReason(at now: Timestamp) -> ChangeReason? {
        guard let mark, let fetchedAt = view.fetchedAt, rules.hasEnoughReporters(view.record, at: now) else { return nil }
        // How slow the store is for others shows in its answer to this environment's own report.
        let lateness = max(rules.storeTimeout / 10, 4 * max(0, min(now.since(fetchedAt), rules.storeTimeout)))
        return rules.surgeReason(from: mark, to: view.record, lateness: lateness, at: now)
    }
}
