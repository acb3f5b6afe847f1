//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// The checks of one rule, on circuits of its own.
struct ConformanceCheck {
    let rule: StoreConformance.Rule
    let store: any CircuitStore
    let id = "conformance:" + EnvironmentID.random().rawValue
    // Well within the life of a record, whatever the store's clock.
    let start = WallClock().now

    func at(_ milliseconds: Int64) -> Timestamp { start.adding(milliseconds) }

    func expect(_ condition: Bool, _ message: @autoclosure () -> String) throws {
        guard condition else { throw StoreConformance.Failure(rule: rule, message: message()) }
    }

    func token(_ nonce: UInt64 = 1) -> WriterToken {
        WriterToken(environment: EnvironmentID(rawValue: "conformance"), nonce: nonce)
    }

    func failures(_ count: Int, epoch: Epoch = .zero, at time: Int64 = 0) -> CircuitReport {
        CircuitReport(
            epoch: epoch,
            buckets: [CircuitWindow.Bucket(start: at(time), tally: CircuitWindow.Tally(failures: count))],
            streak: .add(count),
            lastFailure: at(time),
            expiresAt: at(86_400_000)
        )
    }

    func transition(
        to state: CircuitState,
        from epoch: Epoch,
        writer: WriterToken,
        slot: CircuitChange.Condition.Slot? = nil,
        takes: Int? = nil,
        reason: ChangeReason = .nextAttemptDue,
        step: Int64 = 1
    ) -> CircuitChange {
        let transition = CircuitChange.Transition(
            to: state,
            epoch: epoch.next(at: at(step)),
            now: at(step),
            nextAttempt: at(step + 10_000),
            consecutiveOpens: 1,
            failureCount: 3,
            writer: writer,
            reason: reason,
            takes: takes,
            leaseEnd: takes.map { _ in at(step + 5000) }
        )
        return CircuitChange(.transition(transition), if: .init(epoch: epoch, slot: slot), expiresAt: at(86_400_000))
    }

    // A store may keep the time of forgetting more coarsely.
    func same(_ left: CircuitRecord?, _ right: CircuitRecord?) -> Bool {
        func coarse(_ record: CircuitRecord?) -> CircuitRecord? {
            guard var record else { return nil }
            let expiry = record.expiresAt
            record.expiresAt = expiry.map { Timestamp(milliseconds: $0.milliseconds / 1000) }
            return record
        }
        return coarse(left) == coarse(right)
    }

    func won(_ change: CircuitChange, id: String? = nil) async throws -> CircuitRecord {
        let result = try await store.change(change, of: id ?? self.id)
        guard case .won(let record) = result else { throw StoreConformance.Failure(rule: rule, message: "\(change) was \(result)") }
        return record
    }

    func lost(_ change: CircuitChange) async throws -> CircuitRecord? {
        let result = try await store.change(change, of: id)
        guard case .lost(let record) = result else { throw StoreConformance.Failure(rule: rule, message: "\(change) was \(result)") }
        return record
    }

    func accepted(_ report: CircuitReport) async throws -> CircuitRecord {
        let result = try await store.report(report, to: id)
        guard case .accepted(let record) = result else { throw StoreConformance.Failure(rule: rule, message: "\(report) was \(result)") }
        return record
    }

    func refused(_ report: CircuitReport) async throws -> CircuitRecord? {
        let result = try await store.report(report, to: id)
        guard case .refused(let record) = result else { throw StoreConformance.Failure(rule: rule, message: "\(report) was \(result)") }
        return record
    }

    func expectRecord(_ record: CircuitRecord?) async throws {
        let stored = try await store.read(id, consistent: true)
        try expect(same(stored, record), "the record is \(String(describing: stored)), expected \(String(describing: record))")
    }
}

extension ConformanceCheck {
    func absentRecord() async throws {
        try await expectRecord(nil)
        let eventual = try await store.read(id, consistent: false)
        try expect(eventual == nil, "an eventual read returned \(String(describing: eventual))")
    }

    func reportMakesRecord() async throws {
        let record = try await accepted(failures(2))
        try expect(record.state == .closed && record.epoch == .zero, "the new record is \(record)")
        try expect(record.window.total(from: start, through: start) == CircuitWindow.Tally(failures: 2), "the window is \(record.window)")
        try expect(record.shared.lastFailureTime == start, "lastFailureTime is \(record.shared.lastFailureTime)")
        try await expectRecord(record)
    }

    func reportsAddUp() async throws {
        let (environments, each) = (20, 10)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for environment in 0..<environments {
                group.addTask {
                    for number in 0..<each { _ = try await accepted(failures(1, at: Int64((environment + number) % 3) * 1000)) }
                }
            }
            try await group.waitForAll()
        }
        let record = try await store.read(id, consistent: true)
        let total = record?.window.total(from: start, through: at(2000))
        try expect(
            total?.failures == environments * each,
            "\(environments * each) failures were acknowledged, the window has \(String(describing: total))"
        )
        try expect(record?.failureStreak == environments * each, "the streak is \(String(describing: record?.failureStreak))")
    }

    func reportOfOtherEpoch() async throws {
        let record = try await accepted(failures(1))
        let refusing = try await refused(failures(1, epoch: Epoch(rawValue: 7)))
        try expect(same(refusing, record), "refused by \(String(describing: refusing))")
        try await expectRecord(record)
    }

    func reportWhenOpen() async throws {
        let record = try await won(transition(to: .open, from: .zero, writer: token()))
        let refusing = try await refused(failures(1, epoch: record.epoch))
        try expect(same(refusing, record), "refused by \(String(describing: refusing))")
        try await expectRecord(record)
    }

    func reportToMissingRecord() async throws {
        let refusing = try await refused(failures(1, epoch: Epoch(rawValue: 7)))
        try expect(refusing == nil, "refused by \(String(describing: refusing))")
        try await expectRecord(nil)
    }

    func streak() async throws {
        _ = try await accepted(failures(2))
        var report = failures(3)
        try expect(try await accepted(report).failureStreak == 5, "2 and 3 failures are not 5 in a row")
        report.streak = .restart(1)
        try expect(try await accepted(report).failureStreak == 1, "a success did not start the count over")
        report.streak = .add(0)
        try expect(try await accepted(report).failureStreak == 1, "adding none changed the count")
    }

    func shownFailures() async throws {
        var report = failures(2)
        report.showing = .add(2)
        var record = try await accepted(report)
        try expect(record.shared.failureCount == 2 && record.shownFailures == 2, "2 failures were shown as \(record.shared.failureCount)")
        report = failures(1, at: 5)
        (report.showing, report.keepsLastFailureTime) = (.add(1), true)
        record = try await accepted(report)
        try expect(record.shared.failureCount == 3 && record.shownFailures == 3, "2 and 1 failures were shown as \(record.shared.failureCount)")
        try expect(record.shared.lastFailureTime == start, "a report that keeps lastFailureTime made it \(record.shared.lastFailureTime)")
        report.showing = .set(count: 7, own: 4)
        record = try await accepted(report)
        try expect(record.shared.failureCount == 7 && record.shownFailures == 4, "7 failures, 4 our own, were shown as \(record.shared.failureCount)")
        report.showing = .unchanged
        record = try await accepted(report)
        try expect(record.shared.failureCount == 7 && record.shownFailures == 4, "a report that shows nothing changed what is shown")
        try await expectRecord(record)
        record = try await won(transition(to: .open, from: .zero, writer: token()))
        let shown = record.shared.failureCount
        try expect(shown == 3 && record.shownFailures == 3, "a change of state left what is shown at \(shown)")
    }

    func oldSlices() async throws {
        _ = try await accepted(failures(1, at: 0))
        _ = try await accepted(failures(2, at: 1000))
        var report = failures(4, at: 2000)
        report.keepFrom = at(1000)
        let record = try await accepted(report)
        let kept = record.window.buckets.map(\.start)
        try expect(kept == [at(1000), at(2000)], "slices kept: \(kept)")
        try await expectRecord(record)
    }

    func reporters() async throws {
        var report = failures(1)
        for name in ["b", "a", "b"] {
            report.buckets[0].reporters = [EnvironmentID(rawValue: name)]
            _ = try await accepted(report)
        }
        let record = try await store.read(id, consistent: true)
        let names = record?.window.buckets.first?.reporters.map(\.rawValue)
        try expect(names == ["a", "b"], "reporters are \(String(describing: names))")
    }

    func changeWon() async throws {
        let record = try await won(
            transition(to: .open, from: .zero, writer: token(), reason: .failures(count: 3, threshold: 3, within: .seconds(60)))
        )
        var expected = CircuitRecord()
        _ = expected.apply(transition(to: .open, from: .zero, writer: token(), reason: .failures(count: 3, threshold: 3, within: .seconds(60))))
        try expect(same(record, expected), "the record after it is \(record), expected \(expected)")
        try await expectRecord(record)
    }

    func changeLost() async throws {
        let record = try await won(transition(to: .open, from: .zero, writer: token()))
        let refusing = try await lost(transition(to: .closed, from: .zero, writer: token(2)))
        try expect(same(refusing, record), "refused by \(String(describing: refusing))")
        var wrongState = transition(to: .halfOpen, from: record.epoch, writer: token(3))
        wrongState.condition.circuitState = .closed
        _ = try await lost(wrongState)
        try await expectRecord(record)
    }

    func oneChangePerEpoch() async throws {
        var epoch = Epoch.zero
        for round in 0..<10 {
            let results = try await withThrowingTaskGroup(of: ChangeResult.self) { [epoch] group in
                for writer in 0..<20 {
                    let state: CircuitState = round.isMultiple(of: 2) ? .open : .closed
                    group.addTask {
                        try await store.change(
                            transition(to: state, from: epoch, writer: token(UInt64(round * 100 + writer)), step: Int64(round)),
                            of: id
                        )
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let winners = results.compactMap { if case .won(let record) = $0 { record } else { nil } }
            try expect(winners.count == 1, "\(winners.count) of 20 concurrent changes were won")
            let refusing = results.compactMap { if case .lost(let record) = $0 { record } else { nil } }
            try expect(refusing.allSatisfy { same($0, winners.first) }, "a loser learnt another record than the winner's")
            epoch = winners.first?.epoch ?? epoch
        }
    }

    func slotTakenOnce() async throws {
        let record = try await won(transition(to: .halfOpen, from: .zero, writer: token()))
        let winners = try await withThrowingTaskGroup(of: Bool.self) { group in
            for nonce in 0..<20 {
                group.addTask {
                    let slot = ProbeSlot(holder: token(UInt64(100 + nonce)), leaseEnd: at(5000))
                    let change = CircuitChange(
                        .takeSlot(slot, reclaimed: false),
                        if: .init(epoch: record.epoch, circuitState: .halfOpen, slot: .init(index: 0, contents: nil))
                    )
                    if case .won(let after) = try await store.change(change, of: id) { return after.slots[0] == slot }
                    return false
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        try expect(winners == 1, "\(winners) of 20 took the slot")
    }

    func slotReclaimed() async throws {
        let record = try await won(transition(to: .halfOpen, from: .zero, writer: token(), takes: 0))
        let next = ProbeSlot(holder: token(2), leaseEnd: at(20_000))
        func take(from contents: ProbeSlot?) -> CircuitChange {
            CircuitChange(.takeSlot(next, reclaimed: true), if: .init(epoch: record.epoch, slot: .init(index: 0, contents: contents)))
        }
        _ = try await lost(take(from: nil))
        _ = try await lost(take(from: ProbeSlot(holder: token(9), leaseEnd: at(5001))))
        let after = try await won(take(from: record.slots[0]))
        try expect(after.slots == [0: next], "the slots are \(after.slots)")
        try expect(after.lostProbes == 1, "\(after.lostProbes) lost probes were counted")
    }

    func successCountedOnce() async throws {
        let record = try await won(transition(to: .halfOpen, from: .zero, writer: token(), takes: 0))
        let change = CircuitChange(.countSuccess, if: .init(epoch: record.epoch, slot: .init(index: 0, contents: record.slots[0])))
        let after = try await won(change)
        try expect(after.slots.isEmpty && after.successCount == 1, "after a success: \(after)")
        try expect(after.shared.successCount == 1, "foreign readers see \(after.shared.successCount) successes")
        let refusing = try await lost(change)
        try expect(refusing?.successCount == 1, "counted again: \(String(describing: refusing))")
    }

    func slotReleased() async throws {
        var record = try await won(transition(to: .halfOpen, from: .zero, writer: token(), takes: 0))
        let mine = record.slots[0]
        record = try await won(transition(to: .open, from: record.epoch, writer: token(2), step: 2))
        try expect(record.slots[0] == mine, "a change of state took a probe's slot")
        let other = ProbeSlot(holder: token(9), leaseEnd: at(5001))
        func release(_ contents: ProbeSlot?, isUnused: Bool) -> CircuitChange {
            CircuitChange(.releaseSlot(isUnused: isUnused), if: .init(slot: .init(index: 0, contents: contents)))
        }
        _ = try await lost(release(other, isUnused: false))
        var after = try await won(release(mine, isUnused: false))
        try expect(after.slots.isEmpty && after.epoch == record.epoch && after.unusedProbes == 0, "after the release: \(after)")
        let next = ProbeSlot(holder: token(3), leaseEnd: at(5001))
        _ = try await won(CircuitChange(.takeSlot(next, reclaimed: false), if: .init(slot: .init(index: 0, contents: nil))))
        after = try await won(release(next, isUnused: true))
        try expect(after.slots.isEmpty && after.unusedProbes == 1, "after the release of an unused slot: \(after)")
        after = try await won(transition(to: .closed, from: record.epoch, writer: token(4), step: 3))
        try expect(after.unusedProbes == 0, "the count of unused probes outlived the change: \(after)")
    }

    func changeOfState() async throws {
        _ = try await accepted(failures(3))
        var record = try await won(transition(to: .halfOpen, from: .zero, writer: token(), takes: 0))
        try expect(record.window.buckets.isEmpty && record.failureStreak == 0, "counts outlived the change: \(record)")
        let second = ProbeSlot(holder: token(5), leaseEnd: at(6000))
        record = try await won(
            CircuitChange(.takeSlot(second, reclaimed: false), if: .init(epoch: record.epoch, slot: .init(index: 1, contents: nil)))
        )
        let own = CircuitChange.Condition.Slot(index: 0, contents: record.slots[0])
        record = try await won(transition(to: .open, from: record.epoch, writer: token(6), slot: own, step: 3))
        try expect(record.slots == [1: second], "the slots are \(record.slots)")
        try expect(record.successCount == 0 && record.lostProbes == 0, "counts of probes outlived the change: \(record)")
        try await expectRecord(record)
    }

    func orders() async throws {
        let before = try await accepted(failures(1))
        let order = CircuitOrder(.forceOpen, until: at(60_000), by: "ops", why: "maintenance")
        let fence = Epoch(rawValue: 5)
        let after = try await won(CircuitChange(.order(order, orderEpoch: fence), if: .init(orderEpoch: .zero), expiresAt: at(86_400_000)))
        try expect(after.order == order && after.orderEpoch == fence, "after the order: \(after)")
        try expect(after.epoch == before.epoch && after.window == before.window && after.state == before.state, "an order changed more than itself")
        _ = try await lost(CircuitChange(.order(nil, orderEpoch: Epoch(rawValue: 6)), if: .init(orderEpoch: .zero)))
        _ = try await accepted(failures(1))
        let lifted = try await won(
            CircuitChange(.order(nil, orderEpoch: Epoch(rawValue: 6)), if: .init(orderEpoch: fence), expiresAt: at(86_400_000))
        )
        try expect(lifted.order == nil, "the order outlived its end")
        try await expectRecord(lifted)
        try await mirroredOrder(after: lifted)
        try await evidence(in: lifted.epoch)
    }

    private func evidence(in epoch: Epoch) async throws {
        var report = failures(1, epoch: epoch)
        report.lastError = .init(type: "Timeout", reporter: "payments 2026/11/26/[$LATEST]1")
        let reported = try await accepted(report)
        try expect(reported.evidence.lastError == report.lastError, "the last error came back as \(reported.evidence)")
        var change = transition(to: .open, from: epoch, writer: token(70))
        guard case .transition(var transition) = change.target else { return }
        transition.evidence.troubleSince = at(1)
        transition.evidence.changedBy = "payments"
        change.target = .transition(transition)
        var expected = transition.evidence
        expected.lastError = report.lastError
        var record = try await won(change)
        try expect(record.evidence == expected, "\(expected) came back as \(record.evidence)")
        record = try await won(self.transition(to: .closed, from: record.epoch, writer: token(71)))
        expected = Evidence()
        expected.lastError = report.lastError
        try expect(record.evidence == expected, "of \(expected), \(record.evidence) was left")
        try await expectRecord(record)
    }

    // An order as foreign writers see it, announced once.
    private func mirroredOrder(after before: CircuitRecord) async throws {
        let order = CircuitOrder(.forceOpen, until: at(60_000))
        var give = CircuitChange(.order(order, orderEpoch: Epoch(rawValue: 7)), if: .init(orderEpoch: before.orderEpoch))
        give.mirror = .open(until: at(60_000))
        let given = try await won(give)
        try expect(given.shared.circuitState == .open && given.shared.nextAttempt == at(60_000), "foreign writers see \(given.shared)")
        try expect(given.state == before.state && given.nextAttempt == before.nextAttempt, "the order changed the circuit's own state: \(given)")
        try expect(given.announcedOrder == before.announcedOrder, "nobody announced the order: \(given)")
        _ = try await accepted(failures(1))
        var announce = CircuitChange(
            .order(order, orderEpoch: given.orderEpoch),
            if: .init(orderEpoch: given.orderEpoch, announcedOrder: given.announcedOrder)
        )
        announce.announcesOrder = true
        let announced = try await won(announce)
        try expect(announced.announcedOrder == given.orderEpoch && announced.history == given.history, "announced: \(announced)")
        _ = try await lost(announce)
        var lift = CircuitChange(
            .order(nil, orderEpoch: Epoch(rawValue: 8)),
            if: .init(circuitState: .closed, orderEpoch: announced.orderEpoch),
            expiresAt: at(86_400_000)
        )
        lift.mirror = .ownState
        _ = try await lost(lift)
        lift.condition.circuitState = .open
        let lifted = try await won(lift)
        try expect(lifted.shared.circuitState == before.state && lifted.shared.nextAttempt == before.nextAttempt, "after the end: \(lifted.shared)")
        try await expectRecord(lifted)
    }

    func history() async throws {
        var epoch = Epoch.zero
        var expected: [HistoryEntry] = []
        for number in 0..<(HistoryEntry.limit + 6) {
            let state: CircuitState = number.isMultiple(of: 2) ? .open : .closed
            var change = transition(to: state, from: epoch, writer: token(UInt64(number)), step: Int64(2 * number))
            change.condition.circuitState = number.isMultiple(of: 2) ? .closed : .open
            let record = try await won(change)
            epoch = record.epoch
            let order = CircuitOrder(.observe, until: at(60_000), by: "ops", why: "order \(number)")
            let fence = Epoch(rawValue: epoch.rawValue + 1)
            let given = CircuitChange(
                .order(number == 3 ? nil : order, orderEpoch: fence),
                if: .init(orderEpoch: record.orderEpoch),
                expiresAt: at(86_400_000)
            )
            let after = try await won(given)
            expected += [change, given].compactMap(\.historyEntry)
            try expect(after.history == Array(expected.suffix(2 * HistoryEntry.limit)), "after \(number + 1) changes and orders: \(after.history)")
        }
        let report = try await accepted(failures(1, epoch: epoch))
        try expect(report.history.count == 2 * HistoryEntry.limit, "a report changed the history: \(report.history)")
        try await expectRecord(report)
    }

    func texts() async throws {
        let texts = ["", " ", "quote \" and \\ and \n", "Wartung – 保守 🛠", String(repeating: "x", count: 200)]
        for (number, text) in texts.enumerated() {
            let order = CircuitOrder(CircuitOrder.Kind.allCases[number % 4], until: nil, by: text, why: text)
            let (old, new) = (Epoch(rawValue: Int64(number)), Epoch(rawValue: Int64(number + 1)))
            let record = try await won(CircuitChange(.order(order, orderEpoch: new), if: .init(orderEpoch: old)))
            try expect(record.order == order, "\(order) came back as \(String(describing: record.order))")
            try expect(record.expiresAt == nil, "a record with an order without end expires")
        }
        var epoch = Epoch.zero
        for (number, text) in texts.enumerated() {
            let record = try await won(transition(to: .closed, from: epoch, writer: token(UInt64(number)), reason: .ordered(by: text, why: text)))
            try expect(record.reason == .ordered(by: text, why: text), "a reason came back as \(String(describing: record.reason))")
            epoch = record.epoch
        }
    }

    func manyCircuits() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask {
                    let id = "\(self.id):\(number)"
                    _ = try await store.report(failures(number + 1), to: id)
                    _ = try await store.report(failures(1), to: id)
                }
            }
            try await group.waitForAll()
        }
        for number in 0..<20 {
            let record = try await store.read("\(id):\(number)", consistent: true)
            let total = record?.window.total(from: start, through: start).failures
            try expect(total == number + 2, "circuit \(number) has \(String(describing: total)) failures")
        }
    }

    func agreesWithModel(steps: Int, seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        var model: CircuitRecord?
        for step in 0..<steps {
            let record = model ?? CircuitRecord()
            let epoch = Bool.random(using: &random) || record.epoch == .zero ? record.epoch : Epoch(rawValue: record.epoch.rawValue - 1)
            if Int.random(in: 0..<3, using: &random) == 0 {
                var report = failures(Int.random(in: 0...2, using: &random), epoch: epoch, at: Int64.random(in: 0...5, using: &random) * 1000)
                report.buckets[0].tally.successes = Int.random(in: 0...3, using: &random)
                report.showing = [.unchanged, .add(2), .set(count: 5, own: 3)][Int.random(in: 0...2, using: &random)]
                report.keepsLastFailureTime = Bool.random(using: &random)
                report.streak = Bool.random(using: &random) ? .add(1) : .restart(Int.random(in: 0...2, using: &random))
                var after = record
                let expected = after.apply(report) ? ReportResult.accepted(after) : .refused(model)
                if case .accepted = expected { model = after }
                let result = try await store.report(report, to: id)
                try expect(agree(result, expected), "seed \(seed), step \(step): \(report) gave \(result), expected \(expected)")
            } else {
                let change = randomChange(of: record, epoch: epoch, step: step, &random)
                var after = record
                let expected = after.apply(change) ? ChangeResult.won(after) : .lost(model)
                if case .won = expected { model = after }
                let result = try await store.change(change, of: id)
                try expect(agree(result, expected), "seed \(seed), step \(step): \(change) gave \(result), expected \(expected)")
            }
        }
        try await expectRecord(model)
    }

    private func randomChange(of record: CircuitRecord, epoch: Epoch, step: Int, _ random: inout SplitMix64) -> CircuitChange {
        let index = Int.random(in: 0..<2, using: &random)
        let contents = Int.random(in: 0..<4, using: &random) == 0 ? ProbeSlot(holder: token(9999), leaseEnd: at(1)) : record.slots[index]
        let slot = CircuitChange.Condition.Slot(index: index, contents: contents)
        let condition = CircuitChange.Condition(epoch: epoch, slot: slot)
        let expiresAt = at(86_400_000)
        switch Int.random(in: 0..<6, using: &random) {
        case 0:
            return CircuitChange(
                .takeSlot(.init(holder: token(UInt64(step)), leaseEnd: at(Int64(step))), reclaimed: contents != nil),
                if: condition,
                expiresAt: expiresAt
            )
        case 1 where contents != nil: return CircuitChange(.countSuccess, if: condition, expiresAt: expiresAt)
        case 2 where contents != nil:
            return CircuitChange(.releaseSlot(isUnused: Bool.random(using: &random)), if: .init(slot: slot), expiresAt: expiresAt)
        case 3:
            let order = CircuitOrder(.observe, until: at(Int64(step)), by: "model", why: "step \(step)")
            let fence = Epoch(rawValue: record.orderEpoch.rawValue - Int64.random(in: 0...1, using: &random))
            return CircuitChange(
                .order(Bool.random(using: &random) ? order : nil, orderEpoch: Epoch(rawValue: record.orderEpoch.rawValue + 1)),
                if: .init(orderEpoch: fence),
                expiresAt: expiresAt
            )
        default:
            let state = CircuitState.allCases[Int.random(in: 0..<3, using: &random)]
            return transition(
                to: state,
                from: epoch,
                writer: token(UInt64(step)),
                slot: Bool.random(using: &random) ? slot : nil,
                takes: state == .halfOpen ? index : nil,
                step: Int64(step)
            )
        }
    }

    private func agree(_ result: ReportResult, _ expected: ReportResult) -> Bool {
        switch (result, expected) {
        case (.accepted(let one), .accepted(let other)): same(one, other)
        case (.refused(let one), .refused(let other)): same(one, other)
        default: false
        }
    }

    private func agree(_ result: ChangeResult, _ expected: ChangeResult) -> Bool {
        switch (result, expected) {
        case (.won(let one), .won(let other)): same(one, other)
        case (.lost(let one), .lost(let other)): same(one, other)
        default: false
        }
    }
}
