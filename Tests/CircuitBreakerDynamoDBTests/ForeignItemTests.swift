//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker
import MinistackSupport
import StoreSupport
import Testing

@testable import CircuitBreakerDynamoDB

// Items that nobody should have written.
@Suite(.timeLimit(.minutes(2))) struct ForeignItemTests {
    static let wrong: [JSON] = [["S": "x"], ["BOOL": true], ["NULL": true], ["L": []], ["M": [:]], ["SS": ["a"]], ["N": "1.5"], ["N": "-1E+30"]]

    @Test(arguments: [
        "circuitState", "failureCount", "successCount", "nextAttempt", "lastFailureTime", "consecutiveOpens", "stateTimestamp", "schemaVersion",
    ])
    func sharedAttributesOfAnyKindAreTolerated(name: String) async throws {
        let table = try await Table.shared
        let store = table.store()
        for value in Self.wrong {
            let id = uniqueID()
            try await table.server.put(id, [name: value], in: table.name)
            let record = try #require(try await store.read(id, consistent: true))
            #expect(record.shared.circuitState == .closed && record.epoch == .zero)
            #expect(try await store.report(failures(1), to: id).accepted != nil)
            #expect(try await store.change(transition(to: .open, from: .zero), of: id).won?.state == .open)
        }
        await store.shutdown()
    }

    @Test(arguments: [
        "cb_epoch", "cb_state", "cb_since", "cb_next", "cb_opens", "cb_probed", "cb_lost", "cb_streak", "cb_order", "cb_orders", "cb_slot0",
        "cb_b1:0", "cb_writer", "cb_reason", "expiresAt", "cb_hold", "cb_r1:0", "cb_slotx", "cb_slot00", "cb_b", "unknown",
    ])
    func ourAttributesOfAnyKindCrashNothing(name: String) async throws {
        let table = try await Table.shared
        let store = table.store()
        let ignored = ["cb_writer", "cb_reason", "expiresAt", "cb_hold", "cb_r1:0", "cb_slotx", "cb_slot00", "cb_b", "unknown"].contains(name)
        for value in Self.wrong {
            let id = uniqueID()
            try await table.server.put(id, ["circuitState": ["S": "CLOSED"], name: value], in: table.name)
            let isReadable = ignored || (value["N"] != nil && !["cb_epoch", "cb_state", "cb_order", "cb_orders", "cb_slot0"].contains(name))
            if isReadable {
                #expect(try await store.read(id, consistent: true) != nil, "\(value)")
            } else {
                let error = await storeError { () async throws(StoreError) in try await store.read(id, consistent: true) }
                #expect(error.code == .unreadable && error.message.contains("'\(name)'"), "\(error)")
            }
            do throws(StoreError) {
                _ = try await store.report(failures(1), to: id)
                _ = try await store.change(transition(to: .open, from: .zero), of: id)
                _ = try await store.change(CircuitChange(.countSuccess, if: .init()), of: id)
            } catch {
                #expect(error.code == .unreadable, "\(error)")
            }
        }
        await store.shutdown()
    }
}
