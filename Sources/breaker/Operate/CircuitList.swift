//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerDynamoDB

// All circuits of a table, read page by page.
struct CircuitList {
    private(set) var circuits: [CircuitSummary] = []
    private(set) var unreadable: [String] = []
    private(set) var strangers = 0
    private var expired = 0

    // Whether the table is another application's.
    var isForeign: Bool { strangers > 0 && circuits.isEmpty && unreadable.isEmpty && expired == 0 }

    init(of store: DynamoDBStore, at now: Timestamp) async throws(StoreError) {
        var cursor: CircuitPage.Cursor?
        repeat {
            let page = try await store.page(after: cursor)
            let current = page.circuits.compactMap { id, record in CircuitSummary(id, record.withoutHistory, at: now) }
            circuits += current
            expired += page.circuits.count - current.count
            unreadable += page.unreadable
            strangers += page.strangers
            cursor = page.next
        } while cursor != nil
        circuits.sort { $0.isWorse(than: $1) }
    }
}

extension CircuitRecord {
    // A list shows none, and histories are most of what a table holds.
    fileprivate var withoutHistory: CircuitRecord {
        var record = self
        record.history = []
        return record
    }
}
