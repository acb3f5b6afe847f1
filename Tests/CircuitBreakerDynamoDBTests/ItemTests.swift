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

@Suite(.timeLimit(.minutes(2))) struct ItemTests {
    // What a change of state could not know stays in the item, counts for nothing, and is removed by the next who saw it.
    @Test func bucketsOfOtherEpochsAreIgnoredAndRemoved() async throws {
        let table = try await Table.shared
        let (first, second) = (table.store(), table.store())
        let id = uniqueID()
        _ = try await first.report(failures(5), to: id)
        let closed = try #require(try await second.change(transition(to: .closed, from: .zero), of: id).won)
        #expect(closed.window.buckets.isEmpty)
        #expect(try await table.item(id).keys.count { BucketName($0) != nil } == 1)
        let record = try #require(try await second.report(failures(1, epoch: closed.epoch), to: id).accepted)
        #expect(record.window.buckets.map(\.tally.failures) == [1])
        #expect(try await table.item(id).keys.compactMap { BucketName($0)?.epoch } == [closed.epoch])
        await first.shutdown()
        await second.shutdown()
    }

    @Test func transitionRemovesTheBucketsItKnows() async throws {
        let table = try await Table.shared
        let store = table.store()
        let id = uniqueID()
        var report = failures(5)
        report.buckets[0].reporters = [EnvironmentID(rawValue: "a"), EnvironmentID(rawValue: "")]
        #expect(try await store.report(report, to: id).accepted?.window.buckets[0].reporters.count == 1)
        _ = try await store.change(transition(to: .open, from: .zero), of: id)
        #expect(try await table.item(id).keys.allSatisfy { BucketName($0) == nil })
        await store.shutdown()
    }

    @Test func oldSlicesThatNobodySawAreNotReturned() async throws {
        let table = try await Table.shared
        let (first, second) = (table.store(), table.store())
        let id = uniqueID()
        _ = try await first.report(failures(5, at: now.adding(-60_000)), to: id)
        let record = try #require(try await second.report(failures(1, keepFrom: now), to: id).accepted)
        #expect(record.window.buckets.map(\.tally.failures) == [1])
        _ = try await second.report(failures(1, keepFrom: now), to: id)
        #expect(try await table.item(id).keys.compactMap { BucketName($0)?.start } == [now])
        let late = try #require(try await second.report(failures(1, at: now.adding(-1), keepFrom: now), to: id).accepted)
        #expect(late.window.buckets.map(\.start) == [now], "a slice from before keepFrom was added")
        #expect(try await table.item(id).keys.compactMap { BucketName($0)?.start } == [now])
        await first.shutdown()
        await second.shutdown()
    }

    @Test func orderWithoutEndOutlivesReportsThatDoNotKnowIt() async throws {
        let table = try await Table.shared
        let (operating, reporting) = (table.store(), table.store())
        let id = uniqueID()
        func order(_ order: CircuitOrder?, _ number: Int64) -> CircuitChange {
            CircuitChange(.order(order, orderEpoch: Epoch(rawValue: number + 1)), if: .init(orderEpoch: Epoch(rawValue: number)), expiresAt: now)
        }
        _ = try await reporting.report(failures(1), to: id)
        #expect(try await table.item(id)["expiresAt"] == .count((now.milliseconds + 86_400_000) / 1000 + 1))
        _ = try await operating.change(order(CircuitOrder(.forceOpen), 0), of: id)
        #expect(try await table.item(id)["expiresAt"] == nil)
        let record = try #require(try await reporting.report(failures(1), to: id).accepted)
        #expect(record.expiresAt == nil)
        #expect(try await table.item(id)["expiresAt"] == Expiry.never)
        _ = try await reporting.change(transition(to: .open, from: .zero), of: id)
        #expect(try await table.item(id)["expiresAt"] == Expiry.never)
        let ended = try #require(try await operating.change(order(CircuitOrder(.forceOpen, until: now), 1), of: id).won)
        #expect(ended.expiresAt == Timestamp(milliseconds: now.milliseconds / 1000 * 1000))
        #expect(try await table.item(id)["cb_hold"] == nil)
        await operating.shutdown()
        await reporting.shutdown()
    }

    @Test func namesOfTheHistoryAreItsOwn() {
        for isOrder in [true, false] {
            for number in [Int64.min, -1, 0, 35, now.milliseconds, .max] {
                let lifted = HistoryEntry.Event.lifted(by: "ann", why: number < 0 ? "" : "over")
                let event = isOrder ? lifted : .changed(from: nil, to: .open, reason: .adopted, by: EnvironmentID(rawValue: ""))
                let entry = HistoryEntry(epoch: Epoch(rawValue: number), event: event)
                let name = HistoryName(entry)
                #expect(HistoryName(name.attribute) == name && name.isOrder == isOrder)
                #expect(HistoryEntry(name, value: entry.stored(as: JSON.self)) == entry)
                #expect(BucketName(name.attribute) == nil && Attribute.slotIndex(name.attribute) == nil)
            }
        }
        for other in [Attribute.hold, "cb_h:", "cb_o:", "cb_h:Z", "cb_h:01", "cb_o:+1", "cb_h:zzzzzzzzzzzzzz", "cb_b1:1"] {
            #expect(HistoryName(other) == nil, "\(other)")
        }
    }

    // By hand, or by a later version.
    @Test func whatIsNoHistoryIsLeftOut() throws {
        let values: [JSON] = [
            .text("OPEN"), .count(1), .list([.count(1)]), .list([.text("OPEN"), .text("AJAR"), .list([.text("due")]), .text("me")]),
        ]
        for value in values {
            for name in ["cb_h:1", "cb_o:1"] {
                #expect(try CircuitRecord(Item(attributes: ["id": .text("x"), Attribute.epoch: .count(1), name: value])).history.isEmpty)
            }
        }
    }

    @Test func lastFailureTimeDoesNotGoBack() async throws {
        let table = try await Table.shared
        let store = table.store()
        let id = uniqueID()
        _ = try await store.report(failures(1, at: now), to: id)
        let record = try #require(try await store.report(failures(1, at: now.adding(-5000)), to: id).accepted)
        #expect(record.shared.lastFailureTime == now)
        try await table.server.delete(id, in: table.name)
        let renewed = try #require(try await store.report(failures(1, at: now.adding(-5000)), to: id).accepted)
        #expect(renewed.shared.lastFailureTime == now.adding(-5000), "an item that started over has no last failure")
        await store.shutdown()
    }

    @Test func whatAStoreRemembersIsBounded() {
        var items = KnownItems()
        var item = KnownItem()
        item.lastFailure = now
        for number in 0..<5000 { items["\(number)"] = item }
        #expect(items.count == KnownItems.capacity)
        #expect(items["4999"] == item)
        items["4999"] = KnownItem()
        #expect(items.count == KnownItems.capacity - 1)
    }
}
