//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreakerDynamoDB
import CircuitBreakerTesting
import Testing

@Suite(.timeLimit(.minutes(2))) struct ConformanceTests {
    // The user's policy has GetItem and UpdateItem only, which the server enforces.
    @Test(arguments: StoreConformance.Rule.allCases)
    func conforms(rule: StoreConformance.Rule) async throws {
        let store = try await Table.shared.store()
        try await StoreConformance(store).check(rule)
        await store.shutdown()
    }

    // Stores that do not share what they remember, and so cannot remove at once what another one added.
    @Test func conformsThroughManyProcesses() async throws {
        let table = try await Table.shared
        let stores = TurnByTurn([table.store(), table.store(), table.store()])
        let rules = StoreConformance.Rule.allCases.filter { $0 != .agreesWithModel && $0 != .oldSlices }
        for rule in rules { try await StoreConformance(stores).check(rule) }
        await stores.shutdown()
    }
}
