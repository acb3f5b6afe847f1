//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// All circuits of a store, read page by page.
struct CircuitList {
    let circuits: [CircuitSummary]
    let unreadable: [String]
    let strangers: Int
    private let expired: Int

    // Whether the store is another application's.
    var isForeign: Bool { strangers > 0 && circuits.isEmpty && unreadable.isEmpty && expired == 0 }

    init(of store: any OperatedStore, at now: Timestamp) async throws(StoreError) {
        var (records, unreadable, strangers) = ([String: CircuitRecord](), Set<String>(), 0)
        try await store.pages(consistent: true) { page in
            records.merge(page.circuits.mapValues(\.withoutHistory)) { $1 }
            unreadable.formUnion(page.unreadable)
            strangers += page.strangers
        }
        circuits = records.compactMap { id, record in CircuitSummary(id, record, at: now) }.sorted { $0.isWorse(than: $1) }
        expired = records.count - circuits.count
        self.unreadable = unreadable.sorted()
        self.strangers = strangers
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
