//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerDynamoDB
import CircuitBreakerTesting
import MinistackSupport
import StoreSupport
import Testing

@Suite("Breakers over DynamoDB", .timeLimit(.minutes(2)))
struct BreakerTests {
    @Test func oneTripsForAllAndProbesBringItBack() async throws {
        let fleet = try await Fleet(2)
        for breaker in fleet.breakers { #expect(await breaker.succeeds()) }
        #expect(try await fleet.table.server.item(fleet.id, in: fleet.table.name) == nil, "a healthy circuit wrote")
        await fleet[0].fails()
        await fleet[1].fails()
        await fleet[0].fails()
        #expect(await fleet[0].rejection()?.retryAfter == .seconds(10))
        fleet.ageViews()
        #expect(await fleet[1].rejection() != nil)
        fleet.clock.advance(by: .seconds(10))
        #expect(await fleet[1].succeeds())
        #expect(try await fleet.record().state == .halfOpen)
        #expect(await fleet[0].succeeds())
        let record = try await fleet.record()
        #expect(record.state == .closed && record.reason == .probesSucceeded(count: 2) && record.window.buckets.isEmpty)
        await fleet.shutdown()
    }

    @Test func failuresOfManyAreAllInTheWindow() async throws {
        let table = try await Table.shared
        let stores = (0..<4).map { _ in table.store() }
        let id = uniqueID()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                if number >= 30 { try await group.next() }
                group.addTask { _ = try await stores[number % 4].report(failures(1, at: now.adding(Int64(number % 3) * 6000)), to: id) }
            }
            try await group.waitForAll()
        }
        let record = try await stores[0].read(id, consistent: true)
        #expect(record?.window.buckets.map(\.tally.failures).reduce(0, +) == 200)
        for store in stores { await store.shutdown() }
    }

    @Test func ordersReachOthers() async throws {
        let fleet = try await Fleet(2)
        let order = CircuitOrder(.forceOpen, by: "ops", why: "maintenance")
        try await fleet[0].give(order)
        #expect(await fleet[1].rejection()?.reason == .forcedOpen(order))
        try await fleet[1].liftOrder()
        fleet.ageViews()
        #expect(await fleet[0].succeeds())
        try await fleet[0].reset(by: "ops", why: "all is well")
        #expect(try await fleet.record().reason == .ordered(by: "ops", why: "all is well"))
        await fleet.shutdown()
    }

    @Test func shortFormsAreAccepted() throws {
        _ = try CircuitBreaker("payments", store: .dynamoDB(table: "circuits"), policy: .failures(3, within: .seconds(60)))
        _ = try CircuitBreaker("payments", store: DynamoDBStore(table: "circuits"))
    }
}
