//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// What a store remembers of an item: the attributes that a later write may have to remove, the last failure, and what it has logged.
struct KnownItem: Hashable, Sendable {
    var buckets: [BucketName] = []
    var history: [HistoryName] = []
    var lastFailure = Timestamp.zero
    // Whether what foreign writers see of failures can be added to: a hand may have made it a text.
    var isCountable = true
    // What another writer has set the state to, beside ours.
    var edit: CircuitState?

    init() {}

    init(_ item: Item) {
        buckets = item.bucketNames
        history = item.attributes.keys.compactMap { HistoryName($0) }
        lastFailure = item.shared.lastFailureTime
        isCountable = item.isCountable
        edit = item.editedState
    }
}

struct KnownItems: Sendable {
    // What is forgotten only stays in its item a little longer.
    static let capacity = 1000

    private var items: [String: KnownItem] = [:]

    subscript(id: String) -> KnownItem {
        get { items[id] ?? KnownItem() }
        set {
            if newValue == KnownItem() {
                items[id] = nil
                return
            }
            if items[id] == nil, items.count >= Self.capacity, let other = items.keys.first { items[other] = nil }
            items[id] = newValue
        }
    }

    var count: Int { items.count }
}
