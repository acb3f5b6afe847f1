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

@Suite struct ItemSizeTests {
    // A window full of large counts, a probe, a reason and an order; what the record remembers comes on top.
    @Test func fullItemIsUnderOneKilobyte() async throws {
        let table = try await Table.shared
        let store = table.store()
        let id = (uniqueID() + String(repeating: "x", count: 64)).prefix(64).description
        _ = try await store.change(
            transition(to: .closed, from: .zero, takes: 0, reason: .failures(count: 12_345, threshold: 12_345, within: .seconds(60))),
            of: id
        )
        let order = CircuitOrder(.forceClosed, until: now, by: "operator@example.com", why: "maintenance of the payments service until noon")
        let record = try #require(
            try await store.change(CircuitChange(.order(order, orderEpoch: Epoch(rawValue: now.milliseconds)), if: .init()), of: id).won
        )
        let closed = try await size(of: id, table)
        var report = failures(12_345, epoch: record.epoch)
        report.buckets = (0..<11).map {
            CircuitWindow.Bucket(start: now.adding($0 * 6000), tally: CircuitWindow.Tally(failures: 12_345, slowCalls: 12_345, successes: 98_765))
        }
        let full = try #require(try await store.report(report, to: id).accepted)
        #expect(full.window.buckets == report.buckets && full.slots.count == 1 && full.order == order)
        let size = try await size(of: id, table)
        print("item: \(closed) bytes without a window and a history, \(size) with eleven full buckets, id of \(id.utf8.count)")
        #expect(size < 1024, "\(size) bytes")
        await store.shutdown()
    }

    // Forty entries of three hundred bytes each at most; under two kilobytes as an outage that flaps makes them.
    @Test func historyIsBounded() async throws {
        let table = try await Table.shared
        let store = table.store()
        let long = String(repeating: "保", count: 300)
        for (reason, text, most) in [(ChangeReason.ordered(by: long, why: long), long, 12_000), (.probeFailed(consecutiveOpens: 12), "ops", 2048)] {
            let id = uniqueID()
            var epoch = Epoch.zero
            for number in 0..<25 {
                let change = transition(to: .open, from: epoch, at: now.adding(Int64(number)), reason: reason)
                epoch = try #require(try await store.change(change, of: id).won).epoch
                let order = CircuitOrder(.forceClosed, until: now, by: text, why: text)
                _ = try await store.change(CircuitChange(.order(order, orderEpoch: epoch), if: .init(), expiresAt: now), of: id)
            }
            let record = try #require(try await store.read(id, consistent: true))
            let size = try await size(of: id, table, history: true)
            print("item: \(size) bytes more with a history of \(record.history.count) entries")
            #expect(record.history.count == 2 * HistoryEntry.limit)
            #expect(size < most)
        }
        await store.shutdown()
    }

    @Test func theHistoryCostsNoRequest() async throws {
        let table = try await Table.shared
        let proxy = try await FaultProxy(table.server.url)
        let store = table.store(["AWS_ENDPOINT_URL_DYNAMODB": proxy.url])
        let id = uniqueID()
        let epoch = try #require(try await store.change(transition(to: .open, from: .zero, reason: .probeFailed(consecutiveOpens: 1)), of: id).won)
            .epoch
        let order = CircuitOrder(.forceOpen, until: now, by: "ann", why: "x")
        _ = try await store.change(CircuitChange(.order(order, orderEpoch: epoch), if: .init(), expiresAt: now), of: id)
        #expect(proxy.counts == ["UpdateItem": 2])
        #expect(try await store.read(id, consistent: true)?.history.count == 2)
        await store.shutdown()
        try await proxy.stop()
    }

    @Test func firstReportIsSmall() async throws {
        let table = try await Table.shared
        let store = table.store()
        let id = uniqueID()
        _ = try await store.report(failures(1), to: id)
        let size = try await size(of: id, table)
        print("item: \(size) bytes after one failure")
        #expect(size < 300)
        await store.shutdown()
    }

    private func size(of id: String, _ table: Table, history: Bool = false) async throws -> Int {
        try await table.item(id).filter { (HistoryName($0.key) != nil) == history }.reduce(0) { $0 + $1.key.utf8.count + Self.size($1.value) }
    }

    // As DynamoDB counts: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    static func size(_ value: JSON) -> Int {
        if let text = value["S"]?.string { return text.utf8.count }
        if let number = value["N"]?.string {
            let digits = number.filter { $0.isNumber }
            let significant = digits.drop { $0 == "0" }.reversed().drop { $0 == "0" }.count
            return (significant + 1) / 2 + 1 + (number.hasPrefix("-") ? 1 : 0)
        }
        if let texts = value["SS"]?.array { return texts.reduce(0) { $0 + ($1.string?.utf8.count ?? 0) } }
        if let elements = value["L"]?.array { return 3 + elements.reduce(0) { $0 + 1 + size($1) } }
        return 1
    }
}
