//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerDynamoDB
import CircuitBreakerTesting
import StoreSupport
import Testing

@Suite("Operators over DynamoDB", .timeLimit(.minutes(5)))
struct OperatorsTests {
    private struct Broken: Error {}

    @Test func twoOperatorsAndATrippingFleetLoseNothing() async throws {
        let table = try await Table.shared
        let stores = (0..<5).map { _ in table.store() }
        for round in 0..<50 {
            let id = uniqueID()
            let breakers = try stores.map { try CircuitBreaker(id, store: $0, configuration: Self.patient) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for name in ["ann", "bob"] {
                    let giver = breakers[name == "ann" ? 0 : 1]
                    group.addTask {
                        for number in 0..<5 { try await giver.observe(for: .seconds(60), by: name, why: "\(number)") }
                    }
                }
                for breaker in breakers.dropFirst(2) {
                    group.addTask { try? await breaker.run { () async throws -> Void in throw Broken() } }
                }
                try await group.waitForAll()
            }
            let record = try #require(try await stores[0].read(id, consistent: true))
            #expect(record.state == .open, "round \(round)")
            check(record, round)
        }
        for store in stores { await store.shutdown() }
    }

    private func check(_ record: CircuitRecord, _ round: Int) {
        let orders = record.history.compactMap { entry in if case .ordered(let order) = entry.event { order } else { nil } }
        #expect(Set(orders.map { $0.by + $0.why }).count == 10 && orders.count == 10, "round \(round): \(record.history)")
        for name in ["ann", "bob"] { #expect(orders.filter { $0.by == name }.map(\.why) == ["0", "1", "2", "3", "4"], "round \(round)") }
        #expect(record.order == orders.last, "round \(round)")
        #expect(record.history.count == 11 && record.history.map(\.epoch) == record.history.map(\.epoch).sorted(), "round \(round)")
        let changes = record.history.filter { if case .changed(_, .open, _, _) = $0.event { true } else { false } }
        #expect(changes.map(\.epoch) == [record.epoch], "round \(round)")
    }

    // Machines that test may be slow.
    private static var patient: CircuitBreaker.Configuration {
        var configuration = CircuitBreaker.Configuration(policy: .failures(3, within: .seconds(600)))
        configuration.sharing.storeTimeout = .seconds(60)
        return configuration
    }
}
