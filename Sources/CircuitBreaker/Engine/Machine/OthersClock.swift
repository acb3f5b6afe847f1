//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// How late it is for the others, by what they reported: this environment's own clock may be far ahead, and alone it must not delete what they still count.
package struct OthersClock: Hashable, Sendable {
    // What this environment reported in the epoch in view.
    var reported = CircuitWindow()
    // The newest slice in view that others reported in, and when this environment first saw it as that.
    var newest: Timestamp?
    var seenAt = Timestamp.zero

    mutating func report(_ report: CircuitReport) {
        for bucket in report.buckets { reported.add(bucket) }
    }

    mutating func see(_ window: CircuitWindow, at now: Timestamp) {
        if let first = window.buckets.first { reported.removeBuckets(before: first.start) } else { reported = CircuitWindow() }
        let latest = window.buckets.last { bucket in
            let own = reported.buckets.first { $0.start == bucket.start }
            return bucket.tally.calls > own?.tally.calls ?? 0
        }
        guard latest?.start != newest else { return }
        newest = latest?.start
        seenAt = newest == nil ? .zero : now
    }

    // Their time goes on as this clock does; nil: they reported nothing that could be deleted.
    func time(at now: Timestamp) -> Timestamp? {
        newest?.adding(max(0, now.since(seenAt)))
    }
}
