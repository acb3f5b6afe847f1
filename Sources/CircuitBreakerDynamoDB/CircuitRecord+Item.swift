//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
package import CircuitBreaker

extension CircuitRecord {
    // Reads an item. Any attribute may be missing, for foreign writers make items too.
    package init(_ item: Item) throws(StoreError) {
        self.init()
        shared = item.shared
        epoch = try item.epoch(Attribute.epoch)
        state = try item.value(Attribute.state) { $0.text.flatMap { CircuitState(rawValue: $0) } } ?? .closed
        since = try item.time(Attribute.since)
        nextAttempt = try item.time(Attribute.ownNextAttempt)
        consecutiveOpens = try item.count(Attribute.ownConsecutiveOpens)
        successCount = try item.count(Attribute.ownSuccessCount)
        lostProbes = try item.count(Attribute.lostProbes)
        unusedProbes = try item.count(Attribute.unusedProbes)
        failureStreak = try item.count(Attribute.failureStreak)
        shownFailures = try item.count(Attribute.shownFailures)
        writer = item.attributes[Attribute.writer]?.text.flatMap { WriterToken(text: $0) }
        reason = item.attributes[Attribute.reason].flatMap { ChangeReason(value: $0) }
        order = try item.value(Attribute.order) { CircuitOrder(value: $0) }
        orderEpoch = try item.epoch(Attribute.orderEpoch)
        announcedOrder = try item.epoch(Attribute.announcedOrder)
        evidence = item.evidence
        let isHeld = item.attributes[Attribute.hold] != nil
        expiresAt = isHeld ? nil : item.attributes[Attribute.expiresAt].flatMap { Expiry.time($0) }
        for name in item.attributes.keys {
            guard let index = Attribute.slotIndex(name) else { continue }
            slots[index] = try item.value(name) { $0.text.flatMap { ProbeSlot(text: $0) } }
        }
        window = try item.window(of: epoch)
        history = item.attributes.compactMap { name, value in HistoryName(name).flatMap { HistoryEntry($0, value: value) } }.kept
    }
}

extension Item {
    // What cannot be read is as good as none.
    fileprivate var evidence: Evidence {
        var evidence = Evidence()
        evidence.troubleSince = attributes[Attribute.troubleSince]?.nearestNumber.map { Timestamp(milliseconds: $0) }
        evidence.changedBy = attributes[Attribute.changedBy]?.text?.shortenedForRecord
        evidence.lastError = attributes[Attribute.lastError].flatMap { .init(value: $0) }
        return evidence
    }

    var bucketNames: [BucketName] { attributes.keys.compactMap { BucketName($0) } }

    fileprivate func window(of epoch: Epoch) throws(StoreError) -> CircuitWindow {
        var buckets: [Timestamp: CircuitWindow.Bucket] = [:]
        for name in bucketNames where name.epoch == epoch {
            var bucket = buckets[name.start] ?? CircuitWindow.Bucket(start: name.start)
            switch name.kind {
            case .counts:
                bucket.tally =
                    try value(name.attribute) { $0["N"]?.string.flatMap { WholeNumber($0) }.map(PackedTally.tally) } ?? CircuitWindow.Tally()
            case .reporters:
                bucket.reporters = (attributes[name.attribute]?.texts ?? []).map { EnvironmentID(rawValue: $0) }.sorted()
            }
            buckets[name.start] = bucket
        }
        return CircuitWindow(Array(buckets.values))
    }
}
