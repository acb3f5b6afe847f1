//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker
import CircuitBreakerDynamoDB
import CircuitBreakerTesting
import MinistackSupport
import StoreSupport
import Testing

// I9: functions with circuitbreaker-lambda share the item.
@Suite("With circuitbreaker-lambda", .timeLimit(.minutes(2)))
struct V1Tests {
    @Test("I9: each sees what the other wrote, in every state after every state", arguments: CircuitState.allCases)
    func everyStateAfterEveryState(ours: CircuitState) async throws {
        let table = try await Table.shared
        let store = table.store()
        for theirs in ["CLOSED", "OPEN", "HALF-OPEN", "HALF"] {
            let fleet = try await Fleet(0)
            let id = uniqueID()
            let mine = try #require(try await store.change(transition(to: ours, from: .zero, takes: 0), of: id).won)
            var v1 = V1Breaker(table: table, id: id, clock: fleet.clock)
            try await v1.load()
            #expect(v1.state == ours.rawValue && v1.failureCount == 3 && v1.nextAttempt == now.milliseconds && v1.stateTimestamp == now.milliseconds)

            v1.state = theirs
            v1.failureCount = 7
            try await v1.save()
            let read = try #require(try await store.read(id, consistent: true))
            var expected = mine
            expected.shared.circuitState = theirs == "HALF" ? .halfOpen : try #require(CircuitState(rawValue: theirs))
            expected.shared.failureCount = 7
            #expect(read == expected)

            // A condition sees the same state.
            for state in CircuitState.allCases where state != read.shared.circuitState {
                var change = transition(to: .open, from: read.epoch)
                change.condition.circuitState = state
                #expect(try await store.change(change, of: id) == .lost(read))
            }
            let report = try await store.report(failures(1, epoch: read.epoch), to: id)
            #expect((report.accepted != nil) == (ours == .closed && theirs == "CLOSED"))
            var change = transition(to: .closed, from: read.epoch)
            change.condition.circuitState = read.shared.circuitState
            #expect(try await store.change(change, of: id).won?.shared.circuitState == .closed)
            try await v1.load()
            #expect(v1.state == "CLOSED" && v1.failureCount == 3)
        }
        await store.shutdown()
    }

    @Test("I9: of three failures at a threshold of three, it does not matter whose they are", arguments: 0..<8)
    func failuresTogether(order: Int) async throws {
        let fleet = try await Fleet(3)
        var v1 = fleet.v1
        for turn in 0..<3 {
            fleet.ageViews()
            if order >> turn & 1 == 1 { try await v1.fails() } else { await fleet[turn].fails() }
        }
        fleet.ageViews()
        #expect(await fleet[0].rejection() != nil)
        #expect(try await v1.check() == false)
        #expect(try await fleet.record().state == .open)
        await fleet.shutdown()
    }

    @Test("I9: a count of failures that a hand made a text is shown again with the next failure")
    func textAsCount() async throws {
        let fleet = try await Fleet(2)
        await fleet[0].fails()
        var item = try await fleet.table.item(fleet.id)
        item["failureCount"] = ["S": "two"]
        try await fleet.table.server.put(fleet.id, item.filter { $0.key != "id" }, in: fleet.table.name)
        fleet.ageViews()
        #expect(await fleet[1].succeeds())
        await fleet[1].fails()
        #expect(try await fleet.record().shared.failureCount == 2)
        await fleet[0].fails()
        #expect(try await fleet.record().state == .open)
        await fleet.shutdown()
    }

    @Test("I9: an item that it made takes our reports, and keeps its attributes")
    func itemOfItsOwn() async throws {
        let fleet = try await Fleet(1)
        var v1 = fleet.v1
        try await v1.fails()
        let before = try await fleet.table.item(fleet.id)
        #expect(before.count == 9)
        let report = failures(2, at: fleet.clock.now.adding(5))
        let record = try #require(try await fleet.stores[0].report(report, to: fleet.id).accepted)
        #expect(record.epoch == .zero && record.failureStreak == 2 && record.shared.failureCount == 1)
        var after = try await fleet.table.item(fleet.id)
        #expect(after["lastFailureTime"] == ["N": .string("\(fleet.clock.now.milliseconds + 5)")])
        after["lastFailureTime"] = before["lastFailureTime"]
        for (name, value) in before { #expect(after[name] == value, "\(name)") }
        await fleet.shutdown()
    }

    @Test("I9: an item that we made by a report or an order has all its attributes")
    func itemOfOurs() async throws {
        let table = try await Table.shared
        let store = table.store()
        let first: JSON = ["N": "1"]
        let zero: JSON = ["N": "0"]
        let expected: [String: JSON] = [
            "circuitState": ["S": "CLOSED"], "failureCount": zero, "successCount": zero, "nextAttempt": zero, "consecutiveOpens": zero,
            "stateTimestamp": zero, "schemaVersion": first,
        ]
        let ids = [uniqueID(), uniqueID()]
        _ = try await store.report(failures(1), to: ids[0])
        _ = try await store.change(
            CircuitChange(.order(CircuitOrder(.observe), orderEpoch: Epoch(rawValue: 1)), if: .init(orderEpoch: .zero)),
            of: ids[1]
        )
        for (id, lastFailure) in zip(ids, [now.milliseconds, 0]) {
            let item = try await table.item(id)
            for (name, value) in expected { #expect(item[name] == value, "\(name)") }
            #expect(item["lastFailureTime"] == ["N": .string("\(lastFailure)")])
        }
        await store.shutdown()
    }

    @Test("I9: it rejects what we opened, and probes when the time has come")
    func itRejectsWhatWeOpened() async throws {
        let fleet = try await Fleet(2)
        await fleet.trip()
        var v1 = fleet.v1
        #expect(try await v1.check() == false)
        fleet.clock.advance(by: .seconds(10))
        #expect(try await v1.check())
        #expect(v1.state == "HALF-OPEN")
        try await v1.recordSuccess()
        try await v1.recordSuccess()
        for _ in 0..<5 { #expect(await fleet[1].succeeds()) }
        let record = try await fleet.record()
        #expect(record.state == .closed)
        // What we remember outlives all that it wrote.
        let changes = record.history.compactMap { entry in if case .changed(_, let to, _, _) = entry.event { to } else { nil } }
        #expect(changes.prefix(1) == [.open] && changes.last == .closed, "\(record.history)")
        #expect(try await v1.check())
        await fleet.shutdown()
    }

    @Test("I9: it follows an order that forces the circuit open, and its end; a CLOSED that it writes meanwhile is overwritten")
    func itFollowsOrders() async throws {
        let fleet = try await Fleet(2)
        #expect(await fleet[0].succeeds())
        var (v1, slow) = (fleet.v1, fleet.v1)
        _ = try await slow.check()
        try await fleet[1].forceOpen(for: .seconds(30), by: "ops", why: "maintenance")
        #expect(try await v1.check() == false)
        #expect(v1.nextAttempt == fleet.clock.now.milliseconds + 30_000)
        try await slow.recordSuccess()
        #expect(try await v1.check())
        fleet.ageViews()
        #expect(await fleet[0].rejection() != nil)
        #expect(try await v1.check() == false)
        try await fleet[1].liftOrder()
        #expect(try await v1.check())
        #expect(v1.state == "CLOSED")

        try await fleet[1].forceOpen(for: .seconds(30), by: "ops", why: "maintenance")
        fleet.clock.advance(by: .seconds(31))
        #expect(await fleet[0].succeeds())
        try await v1.load()
        #expect(v1.state == "CLOSED" && v1.nextAttempt == 0)
        // A report under an order that forces the circuit open is taken.
        try await fleet[1].forceOpen(for: nil, by: "ops", why: "maintenance")
        let record = try await fleet.record()
        #expect(try await fleet.stores[0].report(failures(1, epoch: record.epoch), to: fleet.id).accepted != nil)
        await fleet.shutdown()
    }

    @Test("I9: we reject what it opened, and a late CLOSED of its own is put back")
    func weRejectWhatItOpened() async throws {
        let fleet = try await Fleet(2)
        #expect(await fleet[0].succeeds())
        var (v1, slow) = (fleet.v1, fleet.v1)
        _ = try await slow.check()
        for _ in 0..<3 { try await v1.fails() }
        #expect(v1.state == "OPEN")
        fleet.ageViews()
        #expect(await fleet[0].rejection() != nil)
        #expect(try await fleet.record().reason == .adopted)
        try await slow.recordSuccess()
        fleet.ageViews()
        #expect(await fleet[1].rejection() != nil)
        let record = try await fleet.record()
        #expect(record.shared.circuitState == .open && record.reason == .putBack)
        await fleet.shutdown()
    }

    @Test("I9: a HALF-OPEN of its own, in either spelling, admits one probe of ours at a time", arguments: ["HALF", "HALF-OPEN"])
    func halfOpen(word: String) async throws {
        let fleet = try await Fleet(2)
        var v1 = fleet.v1
        v1.state = word
        try await v1.save()
        let acquired = try await fleet[0].acquire()
        guard case .permit(let probe) = acquired else {
            Issue.record("no permit")
            return
        }
        let isProbe = probe.isProbe
        #expect(isProbe)
        #expect(await fleet[1].rejection()?.reason == .probing)
        await probe.fail()
        #expect(try await v1.check() == false)
        await fleet.shutdown()
    }
}
