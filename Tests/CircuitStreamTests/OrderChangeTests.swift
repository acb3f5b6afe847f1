//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker
import Testing

@testable import CircuitBreakerDynamoDB
@testable import CircuitStream

@Suite("What a write says of a circuit's orders") struct OrderChangeTests {
    private static let forced = CircuitOrder(.forceOpen, until: Timestamp(milliseconds: 8_000), by: "ann", why: "maintenance")
    private static let before = ownItem(.closed, epoch: 1_000)
    private static let during = ownItem(.closed, epoch: 1_000, order: forced, orderEpoch: 5_000)

    private func after(_ epoch: Int64, _ history: [String: JSON] = [:]) -> [String: JSON] {
        ownItem(.closed, epoch: 1_000, orderEpoch: epoch, extra: history)
    }

    private func only(_ record: JSON) throws -> JSON {
        let found = try announcements(record)
        try #require(found.count == 1)
        #expect(found[0].detailType == "Circuit Order Change")
        return found[0].detail
    }

    // It changes `circuitState` for others' sake, and not the circuit's state.
    @Test func givingOne() throws {
        let order: JSON = ["kind": "FORCE-OPEN", "until": 8_000, "by": "ann", "why": "maintenance"]
        #expect(
            try only(write(Self.before, Self.during)) == [
                "schemaVersion": 1, "circuit": "payments", "table": "circuits", "key": "order-5000", "epoch": 5_000, "sequenceNumber": "100",
                "change": "given", "order": order, "liftedBy": .null, "liftedWhy": .null, "state": "CLOSED",
            ]
        )
    }

    @Test func givingAnotherOneInItsPlace() throws {
        let other = CircuitOrder(.observe, by: "bob", why: "")
        let detail = try only(write(Self.during, ownItem(.closed, epoch: 1_000, order: other, orderEpoch: 6_000)))
        #expect(detail["change"] == "given" && detail["order"]?["kind"] == "OBSERVE" && detail["order"]?["until"] == .null)
        #expect(detail["key"] == "order-6000")
    }

    @Test func liftingItSaysWhoAndWhy() throws {
        let entry = HistoryEntry(epoch: Epoch(rawValue: 6_000), event: .lifted(by: "bob", why: "done"))
        let detail = try only(write(Self.during, after(6_000, [HistoryName(entry).attribute: entry.stored()])))
        #expect(detail["change"] == "lifted" && detail["liftedBy"] == "bob" && detail["liftedWhy"] == "done")
        #expect(detail["order"]?["by"] == "ann" && detail["key"] == "order-6000")
    }

    @Test func itsEndByItself() throws {
        let entry = HistoryEntry(epoch: Epoch(rawValue: 8_001), event: .lifted(by: "", why: ""))
        let detail = try only(write(Self.during, after(8_001, [HistoryName(entry).attribute: entry.stored()])))
        #expect(detail["change"] == "ended" && detail["liftedBy"] == .null && detail["order"]?["kind"] == "FORCE-OPEN")
    }

    @Test func itsRecordGoes() throws {
        let detail = try only(write(Self.during, nil))
        #expect(detail["change"] == "removed" && detail["epoch"] == .null && detail["key"] == "order-write-100")
    }

    @Test func itsAnnouncementAndReportsMeanwhileTellNothing() throws {
        let announced = Self.during.merging([Attribute.announcedOrder: .count(5_000), Attribute.failureStreak: .count(1)]) { $1 }
        #expect(try announcements(write(Self.during, announced)).isEmpty)
        #expect(try announcements(write(after(6_000), after(6_000, [Attribute.failureStreak: .count(1)]))).isEmpty)
    }

    @Test func aChangeOfStateMeanwhileShowsTheOrder() throws {
        let order = CircuitOrder(.observe, by: "ann", why: "")
        let old = ownItem(.closed, epoch: 1_000, order: order, orderEpoch: 5_000)
        let new = ownItem(.open, epoch: 7_000, order: order, orderEpoch: 5_000)
        let found = try announcements(write(old, new))
        #expect(found.map(\.key) == ["state-7000"] && found[0].detail["order"]?["kind"] == "OBSERVE")
    }

    @Test func oneWriteMayDoBoth() throws {
        let found = try announcements(write(ownItem(.open, epoch: 1_000, order: CircuitOrder(.observe), orderEpoch: 2_000), nil))
        #expect(found.map(\.detailType) == ["Circuit State Change", "Circuit Order Change"])
    }
}
