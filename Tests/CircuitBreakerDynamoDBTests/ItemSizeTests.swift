//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker
import Testing

@testable import CircuitBreakerDynamoDB

@Suite struct ItemSizeTests {
    // A window full of large counts, a probe, a reason and an order.
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
        print("item: \(closed) bytes without a window, \(size) with eleven full buckets, id of \(id.utf8.count)")
        #expect(size < 1024, "\(size) bytes")
        await store.shutdown()
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

    private func size(of id: String, _ table: Table) async throws -> Int {
        try await table.item(id).reduce(0) { $0 + $1.key.utf8.count + Self.size($1.value) }
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
