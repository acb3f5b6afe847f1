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
        try self.init(stored: item)
        shared = item.shared
        let isHeld = item.attributes[Attribute.hold] != nil
        expiresAt = isHeld ? nil : item.attributes[Attribute.expiresAt].flatMap { Expiry.time($0) }
        window = try item.window(of: epoch)
    }
}

extension Item {
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
