//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// Which announcements go next. PutEvents keeps no order, so that a batch holds one of each circuit at most: its next waits until it has arrived.
package struct DeliveryPlan: Sendable {
    package static let largestBatch = 10
    // A quarter of what PutEvents takes, and what it took for years.
    package static let largestSize = 256_000
    // How often one is tried.
    package static let attempts = 4

    private struct Queue {
        var waiting: ArraySlice<Announcement>
        var attempts = 0
        var isGivenUp = false
    }

    private var circuits: [String] = []
    private var queues: [String: Queue] = [:]
    package private(set) var delivered = 0

    package init(_ announcements: [Announcement]) {
        for announcement in announcements {
            let name = announcement.tableARN + " " + announcement.circuit
            if queues[name] == nil { circuits.append(name) }
            queues[name, default: Queue(waiting: [])].waiting.append(announcement)
        }
    }

    // Empty when nothing is left to try.
    package var next: [Announcement] {
        var batch: [Announcement] = []
        var size = 0
        for circuit in circuits {
            guard let queue = queues[circuit], !queue.isGivenUp, let first = queue.waiting.first else { continue }
            guard batch.isEmpty || size + first.size <= Self.largestSize else { break }
            batch.append(first)
            size += first.size
            if batch.count == Self.largestBatch { break }
        }
        return batch
    }

    // What became of a batch: whether each of it arrived.
    package mutating func settle(_ batch: [Announcement], arrived: [Bool]) {
        for (announcement, arrived) in zip(batch, arrived) {
            let name = announcement.tableARN + " " + announcement.circuit
            guard var queue = queues[name] else { continue }
            if arrived {
                queue.waiting.removeFirst()
                queue.attempts = 0
                delivered += 1
            } else {
                queue.attempts += 1
                queue.isGivenUp = queue.attempts >= Self.attempts
            }
            queues[name] = queue
        }
    }

    // The writes whose announcements did not arrive all, in order for each circuit.
    package var undelivered: [String] {
        var numbers: [String] = []
        for circuit in circuits {
            for announcement in queues[circuit]?.waiting ?? [] where numbers.last != announcement.sequenceNumber {
                numbers.append(announcement.sequenceNumber)
            }
        }
        return numbers
    }
}
