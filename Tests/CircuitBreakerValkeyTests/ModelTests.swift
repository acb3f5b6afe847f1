//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerTesting
import StoreSupport
import Testing
import ValkeySupport

@testable import CircuitBreakerValkey

// The script against the record's own rules, from records of any kind.
@Suite("The script does what the rules say", .needsServer, .timeLimit(.minutes(3)))
struct ModelTests {
    static let rounds = 3000

    @Test("to any record: reports")
    func reports() async throws {
        let store = try await ValkeyServer.shared.store()
        var chance = Chance()
        var accepted = 0
        for round in 0..<Self.rounds {
            let id = uniqueID()
            let record = chance.record()
            try await store.put(record, id)
            let report = chance.report(to: record ?? CircuitRecord())
            var after = record ?? CircuitRecord()
            let expected = after.apply(report) ? ReportResult.accepted(after) : .refused(record)
            if case .accepted = expected { accepted += 1 }
            let result = try await store.report(report, to: id)
            try #require(result == expected, "round \(round): \(report) to \(String(describing: record))")
            try #require(try await store.read(id, consistent: true) == expected.record, "round \(round)")
        }
        #expect(accepted > Self.rounds / 5 && accepted < Self.rounds * 4 / 5, "\(accepted) were accepted")
        await store.shutdown()
    }

    @Test("to any record: changes")
    func changes() async throws {
        let store = try await ValkeyServer.shared.store()
        var chance = Chance()
        var won = 0
        for round in 0..<Self.rounds {
            let id = uniqueID()
            let record = chance.record()
            try await store.put(record, id)
            let change = chance.change(of: record ?? CircuitRecord())
            // No two changes have one fence.
            if let entry = change.historyEntry, record?.history.contains(where: { HistoryName($0) == HistoryName(entry) }) == true { continue }
            var after = record ?? CircuitRecord()
            let expected = after.apply(change) ? ChangeResult.won(after) : .lost(record)
            if case .won = expected { won += 1 }
            let result = try await store.change(change, of: id)
            try #require(result == expected, "round \(round): \(change) of \(String(describing: record))")
            try #require(try await store.read(id, consistent: true) == expected.record, "round \(round)")
        }
        #expect(won > Self.rounds / 5 && won < Self.rounds * 4 / 5, "\(won) were won")
        await store.shutdown()
    }
}

extension ReportResult {
    fileprivate var record: CircuitRecord? {
        switch self {
        case .accepted(let record): record
        case .refused(let record): record
        }
    }
}

extension ChangeResult {
    fileprivate var record: CircuitRecord? {
        switch self {
        case .won(let record): record
        case .lost(let record): record
        }
    }
}

extension ValkeyStore {
    // As if that were what is there.
    func put(_ record: CircuitRecord?, _ id: String) async throws {
        guard let record else { return }
        var update = Update()
        update.write(record)
        let connection = try connection.get()
        let command = Command(["EVAL", Script.text, "1", connection.settings.key(of: id)] + update.words)
        let reply = try await connection.link.answer(to: command)
        guard case .list(let elements) = reply, elements.first?.string == "done" else { throw ValkeyServer.Failure("\(reply)") }
    }
}

extension Update {
    fileprivate mutating func write(_ record: CircuitRecord) {
        set(Attribute.circuitState, record.shared.circuitState.rawValue)
        let numbers: [(String, Int64)] = [
            (Attribute.failureCount, Int64(record.shared.failureCount)), (Attribute.successCount, Int64(record.shared.successCount)),
            (Attribute.nextAttempt, record.shared.nextAttempt.milliseconds), (Attribute.lastFailureTime, record.shared.lastFailureTime.milliseconds),
            (Attribute.consecutiveOpens, Int64(record.shared.consecutiveOpens)),
            (Attribute.stateTimestamp, record.shared.stateTimestamp.milliseconds),
            (Attribute.epoch, record.epoch.rawValue), (Attribute.since, record.since.milliseconds),
            (Attribute.ownNextAttempt, record.nextAttempt.milliseconds), (Attribute.ownConsecutiveOpens, Int64(record.consecutiveOpens)),
            (Attribute.ownSuccessCount, Int64(record.successCount)), (Attribute.lostProbes, Int64(record.lostProbes)),
            (Attribute.unusedProbes, Int64(record.unusedProbes)), (Attribute.failureStreak, Int64(record.failureStreak)),
            (Attribute.shownFailures, Int64(record.shownFailures)), (Attribute.orderEpoch, record.orderEpoch.rawValue),
            (Attribute.announcedOrder, record.announcedOrder.rawValue),
        ]
        for (field, number) in numbers { set(field, number: number) }
        set(Attribute.state, record.state.rawValue)
        for bucket in record.window.buckets {
            for count in WindowField.Count.allCases { set(WindowField.count(count, start: bucket.start).name, String(bucket.tally[count])) }
            for reporter in bucket.reporters { set(WindowField.reporter(reporter, start: bucket.start).name, "1") }
        }
        for (index, slot) in record.slots { set(Attribute.slot(index), slot.text) }
        if let writer = record.writer { set(Attribute.writer, writer.text) }
        if let reason = record.reason { set(Attribute.reason, reason.stored(as: FieldValue.self)) }
        if let order = record.order { set(Attribute.order, order.stored(as: FieldValue.self)) }
        for entry in record.history { set(HistoryName(entry).attribute, entry.stored(as: FieldValue.self)) }
        if let since = record.evidence.troubleSince { set(Attribute.troubleSince, String(since.milliseconds)) }
        if let error = record.evidence.lastError { set(Attribute.lastError, error.stored(as: FieldValue.self)) }
        if let name = record.evidence.changedBy { set(Attribute.changedBy, name) }
        expire(at: record.expiresAt)
    }
}

// Records, reports and changes, of which as many fit together as do not.
private struct Chance {
    private var random: SplitMix64

    init() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        random = SplitMix64(seed: seed)
    }

    private mutating func one<Element>(of elements: [Element]) -> Element { elements[Int.random(in: 0..<elements.count, using: &random)] }
    private mutating func sometimes(_ share: Double = 0.5) -> Bool { Double.random(in: 0..<1, using: &random) < share }

    private mutating func number() -> Int64 {
        one(of: [
            0, 0, 0, 1, 1, 2, 3, 10, 999_999_999, 1_000_000_000, 1 << 53, (1 << 53) + 1, .max, .max - 1, -1, -1_000_000_001, .min, now.milliseconds,
        ])
    }

    private mutating func count() -> Int { Int(number()) }
    private mutating func time() -> Timestamp { Timestamp(milliseconds: number()) }
    // Few, so that conditions hold.
    private mutating func epoch() -> Epoch { Epoch(rawValue: one(of: [0, 0, 5, (1 << 53) + 1, .max])) }
    private mutating func state() -> CircuitState { one(of: [.closed, .closed, .open, .halfOpen]) }
    private mutating func text() -> String { one(of: ["", "a", "a b", "ä(~%)", "\u{0}\n"]) }
    private mutating func token() -> WriterToken { WriterToken(environment: EnvironmentID(rawValue: text()), nonce: one(of: [0, 1, .max])) }
    private mutating func slot() -> ProbeSlot { ProbeSlot(holder: token(), leaseEnd: time()) }
    private mutating func start() -> Timestamp { Timestamp(milliseconds: one(of: [-7, 0, 6000, 12_000, 1 << 53, .max])) }
    private mutating func end() -> Timestamp? { one(of: [nil, now.adding(86_400_000), now.adding(172_800_001), Timestamp(milliseconds: .max)]) }

    private mutating func order() -> CircuitOrder {
        CircuitOrder(one(of: CircuitOrder.Kind.allCases), until: one(of: [nil, now, .zero, Timestamp(milliseconds: .max)]), by: text(), why: text())
    }

    private mutating func reason() -> ChangeReason {
        one(of: [.nextAttemptDue, .failures(count: count(), threshold: 3, within: .seconds(60)), .ordered(by: text(), why: text()), .putBack])
    }

    private mutating func bucket() -> CircuitWindow.Bucket {
        let reporters = Set((0..<Int.random(in: 0...2, using: &random)).map { _ in EnvironmentID(rawValue: text()) })
        return CircuitWindow.Bucket(
            start: start(),
            tally: .init(failures: count(), slowCalls: count(), successes: count()),
            reporters: reporters.sorted()
        )
    }

    private mutating func entry() -> HistoryEntry {
        let epoch = Epoch(rawValue: number())
        return switch Int.random(in: 0..<3, using: &random) {
        case 0: HistoryEntry(epoch: epoch, event: .ordered(order()))
        case 1: HistoryEntry(epoch: epoch, event: .lifted(by: text(), why: text()))
        default:
            HistoryEntry(epoch: epoch, event: .changed(from: sometimes() ? state() : nil, to: state(), reason: reason(), by: token().environment))
        }
    }

    private mutating func history() -> [HistoryEntry] {
        var entries: [HistoryName: HistoryEntry] = [:]
        for index in 0..<one(of: [0, 0, 1, 19, 20, 45]) {
            var entry = entry()
            if index > 3 { entry = HistoryEntry(epoch: Epoch(rawValue: Int64(index) * 1000), event: entry.event) }
            entries[HistoryName(entry)] = entry
        }
        return Array(entries.values).kept
    }

    mutating func record() -> CircuitRecord? {
        if sometimes(0.1) { return nil }
        var record = CircuitRecord()
        record.epoch = epoch()
        record.state = state()
        record.shared.circuitState = sometimes(0.8) ? record.state : state()
        record.shared.failureCount = count()
        record.shared.successCount = count()
        record.shared.nextAttempt = time()
        record.shared.lastFailureTime = time()
        record.shared.consecutiveOpens = count()
        record.shared.stateTimestamp = time()
        record.since = time()
        record.nextAttempt = time()
        record.consecutiveOpens = count()
        record.successCount = count()
        record.lostProbes = count()
        record.unusedProbes = count()
        record.failureStreak = count()
        record.shownFailures = count()
        record.window = CircuitWindow((0..<Int.random(in: 0...3, using: &random)).map { _ in bucket() })
        if sometimes() { record.slots[Int.random(in: 0...1, using: &random)] = slot() }
        if sometimes() { record.writer = token() }
        if sometimes() { record.reason = reason() }
        if sometimes(0.3) { record.order = order() }
        record.orderEpoch = epoch()
        record.announcedOrder = epoch()
        record.history = history()
        if sometimes() { record.evidence.lastError = .init(type: text(), reporter: text()) }
        if sometimes() { record.evidence.changedBy = text() }
        if sometimes() { record.evidence.troubleSince = time() }
        record.expiresAt = record.order.map { $0.until == nil } ?? false ? nil : end()
        return record
    }

    mutating func report(to record: CircuitRecord) -> CircuitReport {
        var report = CircuitReport(
            epoch: sometimes(0.9) ? record.epoch : epoch(),
            buckets: (0..<Int.random(in: 0...3, using: &random)).map { _ in bucket() }
        )
        report.streak = sometimes() ? .add(count()) : .restart(count())
        report.showing = one(of: [.unchanged, .add(count()), .set(count: count(), own: count())])
        if sometimes() { report.lastFailure = time() }
        report.keepsLastFailureTime = sometimes(0.3)
        if sometimes() { report.lastError = .init(type: text(), reporter: text()) }
        report.keepFrom = start()
        report.expiresAt = end()
        return report
    }

    mutating func change(of record: CircuitRecord) -> CircuitChange {
        let index = Int.random(in: 0...1, using: &random)
        var condition = CircuitChange.Condition()
        if sometimes() { condition.epoch = sometimes(0.8) ? record.epoch : epoch() }
        if sometimes() { condition.circuitState = sometimes(0.8) ? record.shared.circuitState : state() }
        if sometimes() { condition.slot = .init(index: index, contents: sometimes(0.8) ? record.slots[index] : slot()) }
        if sometimes() { condition.orderEpoch = sometimes(0.8) ? record.orderEpoch : epoch() }
        if sometimes(0.3) { condition.announcedOrder = sometimes(0.8) ? record.announcedOrder : epoch() }
        var change = CircuitChange(target(), if: condition, expiresAt: end())
        change.mirror = one(of: [nil, nil, .ownState, .open(until: time())])
        change.announcesOrder = sometimes(0.3)
        change.lift = .init(by: text(), why: text())
        return change
    }

    private mutating func target() -> CircuitChange.Target {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return .takeSlot(slot(), reclaimed: sometimes())
        case 1: return .releaseSlot(isUnused: sometimes())
        case 2: return .countSuccess
        case 3: return .order(sometimes(0.7) ? order() : nil, orderEpoch: Epoch(rawValue: number()))
        default:
            var transition = CircuitChange.Transition(
                to: state(),
                epoch: Epoch(rawValue: number()),
                now: time(),
                nextAttempt: time(),
                consecutiveOpens: count(),
                failureCount: count(),
                writer: token(),
                reason: reason(),
                takes: sometimes(0.3) ? Int.random(in: 0...1, using: &random) : nil,
                leaseEnd: sometimes(0.8) ? time() : nil
            )
            if sometimes() { transition.evidence.troubleSince = time() }
            if sometimes() { transition.evidence.changedBy = text() }
            if sometimes() { transition.evidence.lastError = .init(type: text(), reporter: text()) }
            if sometimes() { transition.from = state() }
            return .transition(transition)
        }
    }
}
