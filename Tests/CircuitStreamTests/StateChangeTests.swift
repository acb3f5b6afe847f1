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

@Suite("What a write says of a circuit's state") struct StateChangeTests {
    private static let failures = ChangeReason.failures(count: 5, threshold: 5, within: .seconds(60))

    private func only(_ record: JSON) throws -> JSON {
        let found = try announcements(record)
        try #require(found.count == 1)
        #expect(found[0].detailType == "Circuit State Change")
        return found[0].detail
    }

    @Test func openingSaysAllThatIsKnown() throws {
        let detail = try only(write(ownItem(.closed, epoch: 1_000), ownItem(.open, epoch: 5_000, reason: Self.failures)))
        #expect(
            detail == [
                "schemaVersion": 1, "circuit": "payments", "table": "circuits", "key": "state-5000", "epoch": 5_000, "sequenceNumber": "100",
                "from": "CLOSED", "to": "OPEN", "since": 5_000, "nextAttempt": 15_000, "environment": "environment-a", "order": .null,
                "reason": [
                    "name": "failures", "text": "5 failures within 60 s reached the threshold of 5", "count": 5, "threshold": 5,
                    "withinMilliseconds": 60_000,
                ],
            ]
        )
    }

    @Test(arguments: [
        (CircuitState.open, CircuitState.halfOpen), (.halfOpen, .closed), (.halfOpen, .open), (.open, .closed), (.closed, .open),
    ])
    func everyChangeIsTold(from: CircuitState, to: CircuitState) throws {
        let detail = try only(write(ownItem(from, epoch: 1_000), ownItem(to, epoch: 5_000)))
        #expect(detail["from"] == .string(from.rawValue) && detail["to"] == .string(to.rawValue) && detail["key"] == "state-5000")
        #expect(detail["nextAttempt"] == (to == .open ? 15_000 : .null))
    }

    @Test func aCircuitThatIsBornOpen() throws {
        let detail = try only(write(nil, ownItem(.open, epoch: 5_000)))
        #expect(detail["from"] == "CLOSED" && detail["to"] == "OPEN" && detail["epoch"] == 5_000)
    }

    @Test func circuitbreakerLambdasChangeHasNoEpoch() throws {
        let detail = try only(write(v1Item("CLOSED"), v1Item("OPEN", next: 9_000)))
        #expect(detail["from"] == "CLOSED" && detail["to"] == "OPEN" && detail["nextAttempt"] == 9_000 && detail["since"] == 1_000)
        #expect(detail["epoch"] == .null && detail["environment"] == .null && detail["key"] == "state-write-100")
        #expect(detail["reason"] == ["name": "foreign", "text": "changed by a writer that knows no epochs"])
    }

    @Test func aForeignChangeOfOurItemIsTold() throws {
        var edited = ownItem(.closed, epoch: 1_000, reason: Self.failures)
        edited["circuitState"] = .text("OPEN")
        let detail = try only(write(ownItem(.closed, epoch: 1_000, reason: Self.failures), edited))
        #expect(detail["from"] == "CLOSED" && detail["to"] == "OPEN" && detail["reason"]?["name"] == "foreign" && detail["epoch"] == .null)
    }

    @Test func takingOverAForeignChangeIsNoSecondOne() throws {
        var edited = ownItem(.closed, epoch: 1_000)
        edited["circuitState"] = .text("OPEN")
        #expect(try announcements(write(edited, ownItem(.open, epoch: 5_000, reason: .adopted))).isEmpty)
    }

    @Test func puttingBackAForeignChangeIsOne() throws {
        var edited = ownItem(.open, epoch: 1_000)
        edited["circuitState"] = .text("CLOSED")
        let detail = try only(write(edited, ownItem(.open, epoch: 5_000, reason: .putBack)))
        #expect(detail["from"] == "CLOSED" && detail["to"] == "OPEN" && detail["reason"]?["name"] == "putBack")
    }

    @Test(arguments: [false, true])
    func anOpenRecordThatGoesClosesItsCircuit(isExpiry: Bool) throws {
        let detail = try only(write(ownItem(.open, epoch: 1_000), nil, isExpiry: isExpiry))
        #expect(detail["from"] == "OPEN" && detail["to"] == "CLOSED" && detail["key"] == "state-write-100")
        #expect(detail["reason"]?["name"] == (isExpiry ? "expired" : "deleted"))
        #expect(try announcements(write(ownItem(.closed, epoch: 1_000), nil, isExpiry: isExpiry)).isEmpty)
    }

    @Test func whatChangesNoStateTellsNothing() throws {
        let before = ownItem(.halfOpen, epoch: 1_000)
        let slot: [String: JSON] = [Attribute.slot(0): .text("rs 1 environment-b")]
        #expect(try announcements(write(before, ownItem(.halfOpen, epoch: 1_000, extra: slot))).isEmpty)
        let report: [String: JSON] = [Attribute.failureStreak: .count(2), "failureCount": .count(2)]
        #expect(try announcements(write(ownItem(.closed, epoch: 1_000), ownItem(.closed, epoch: 1_000, extra: report))).isEmpty)
        #expect(try announcements(write(nil, v1Item("CLOSED"))).isEmpty)
    }

    @Test func othersItemsTellNothing() throws {
        let powertools: [String: JSON] = ["id": .text("payments"), "state": .text("OPEN"), "failure_count": .count(5)]
        #expect(try announcements(write(nil, powertools)).isEmpty)
        #expect(try announcements(write(["id": .text("a"), "name": .text("x")], ["id": .text("a"), "name": .text("y")])).isEmpty)
    }

    @Test func anItemThatCannotBeReadIsAnErrorAndHoldsNothingUp() async throws {
        let unreadable = ownItem(.open, epoch: 5_000, extra: [Attribute.epoch: .text("five")])
        #expect(throws: StoreError.self) { try announcements(write(nil, unreadable)) }
        let bus = ScriptedBus()
        let both = try event(write(nil, unreadable, number: "1"), write(nil, ownItem(.open, epoch: 5_000), number: "2"))
        let answer = await bus.handler.handle(both, remaining: { .seconds(30) }, logger: quiet)
        #expect(answer == ["batchItemFailures": []] && bus.arrived.map(\.sequenceNumber) == ["2"])
    }

    private static let numbers: [(ChangeReason, JSON)] = [
        (.consecutiveFailures(count: 3, threshold: 3), ["count": 3, "threshold": 3]),
        (.failureRate(failures: 3, calls: 4, threshold: 0.5), ["count": 3, "calls": 4, "threshold": .share(0.5)]),
        (.slowCallRate(slowCalls: 3, calls: 4, threshold: 0.25), ["count": 3, "calls": 4, "threshold": .share(0.25)]),
        (.nextAttemptDue, [:]), (.probesSucceeded(count: 2), ["count": 2]), (.probeFailed(consecutiveOpens: 4), ["consecutiveOpens": 4]),
        (.probesLost(count: 6), ["count": 6]), (.ordered(by: "ann", why: "test"), ["by": "ann", "why": "test"]), (.adopted, [:]), (.putBack, [:]),
    ]

    @Test(arguments: numbers)
    func reasonsComeWithTheirNumbers(reason: ChangeReason, numbers: JSON) throws {
        var told = try #require(try only(write(ownItem(.halfOpen, epoch: 1_000), ownItem(.open, epoch: 5_000, reason: reason)))["reason"]?.object)
        #expect(told.removeValue(forKey: "text") == .string("\(reason)"))
        #expect(told.removeValue(forKey: "name") == .string(reason.name))
        #expect(JSON.object(told) == numbers)
    }

    @Test func aLaterVersionsReasonIsUnknown() throws {
        let new = ownItem(.open, epoch: 5_000, extra: [Attribute.reason: .list([.text("moon phase")])])
        #expect(try only(write(ownItem(.closed, epoch: 1_000), new))["reason"]?["name"] == "unknown")
    }
}
