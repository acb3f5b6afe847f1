//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerDynamoDB
import Synchronization

// Several stores of one table, each of which gets every nth verb.
final class TurnByTurn: CircuitStore {
    private let stores: [DynamoDBStore]
    private let turn = Atomic<Int>(0)

    init(_ stores: [DynamoDBStore]) {
        self.stores = stores
    }

    private var next: DynamoDBStore {
        stores[turn.wrappingAdd(1, ordering: .relaxed).newValue % stores.count]
    }

    func read(_ id: String, consistent: Bool) async throws(StoreError) -> CircuitRecord? {
        try await next.read(id, consistent: consistent)
    }

    func report(_ report: CircuitReport, to id: String) async throws(StoreError) -> ReportResult {
        try await next.report(report, to: id)
    }

    func change(_ change: CircuitChange, of id: String) async throws(StoreError) -> ChangeResult {
        try await next.change(change, of: id)
    }

    func shutdown() async {
        for store in stores { await store.shutdown() }
    }
}
