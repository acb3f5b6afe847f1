//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker

extension Update {
    init(_ report: CircuitReport, known: KnownItem) {
        self.init()
        requireEpoch(report.epoch)
        requireOwnState(.closed)
        requireClosedToForeignWriters()
        for bucket in CircuitWindow(report.buckets).buckets where bucket.start >= report.keepFrom { add(bucket, in: report.epoch) }
        for name in known.buckets where name.epoch != report.epoch || name.start < report.keepFrom { remove(name.attribute) }
        switch report.streak {
        case .add(0): break
        case .add(let failures): add(Attribute.failureStreak, .count(failures))
        case .restart(let failures): set(Attribute.failureStreak, .count(failures))
        }
        var written: Set<String> = []
        show(report.showing, isCountable: known.isCountable, &written)
        if !report.keepsLastFailureTime, let time = report.lastFailure {
            // One expression cannot take the later of two times: the one that was seen last decides.
            if known.lastFailure < time {
                set(Attribute.lastFailureTime, .count(time.milliseconds))
            } else {
                set(Attribute.lastFailureTime, to: Attribute.lastFailureTime, orElse: .count(time.milliseconds))
            }
            written.insert(Attribute.lastFailureTime)
        }
        if let error = report.lastError { set(Attribute.lastError, error.stored()) }
        fillShared(except: written)
        setExpiry(report.expiresAt)
    }

    private mutating func show(_ showing: CircuitReport.Showing, isCountable: Bool, _ written: inout Set<String>) {
        switch showing {
        case .unchanged: return
        case .add(let failures) where isCountable:
            add(Attribute.failureCount, .count(failures))
            add(Attribute.shownFailures, .count(failures))
        case .add(let failures):
            set(Attribute.failureCount, .count(failures))
            set(Attribute.shownFailures, .count(failures))
        case .set(let count, let own):
            set(Attribute.failureCount, .count(count))
            set(Attribute.shownFailures, .count(own))
        }
        written.insert(Attribute.failureCount)
    }

    private mutating func add(_ bucket: CircuitWindow.Bucket, in epoch: Epoch) {
        let number = PackedTally.number(bucket.tally)
        let names = bucket.reporters.map(\.rawValue).filter { !$0.isEmpty }
        add(BucketName(.counts, start: bucket.start, epoch: epoch).attribute, .count(number))
        guard !names.isEmpty else { return }
        add(BucketName(.reporters, start: bucket.start, epoch: epoch).attribute, .texts(Set(names).sorted()))
    }
}
