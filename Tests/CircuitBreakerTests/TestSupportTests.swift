//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerTesting
import Synchronization
import Testing

@Suite("ManualClock")
struct ManualClockTests {
    @Test("it stands still until it is advanced, and durations have the right sign")
    func advance() {
        let clock = ManualClock(now: Timestamp(milliseconds: 1000))
        let start = clock.now
        clock.advance(by: .milliseconds(1500))
        #expect(clock.now == Timestamp(milliseconds: 2500))
        #expect(start.duration(to: clock.now) == .milliseconds(1500))
        #expect(clock.now.duration(to: start) == .milliseconds(-1500))
        #expect(start.advanced(by: .milliseconds(1500)) == clock.now)
    }

    @Test("sleepers wake when their time has come, not before, the earliest first")
    func order() async throws {
        let clock = ManualClock()
        let woken = EpochOrder()
        await withTaskGroup(of: Void.self) { group in
            for seconds in [3, 1, 2] {
                group.addTask {
                    try? await clock.sleep(for: .seconds(seconds))
                    woken.add(seconds)
                }
            }
            await clock.untilSleeping(3)
            clock.advance(by: .milliseconds(999))
            #expect(clock.sleeping == 3)
            for second in 1...3 {
                clock.advance(by: .milliseconds(second == 1 ? 1 : 1000))
                while woken.all.count < second { await Task.yield() }
            }
        }
        #expect(woken.all == [1, 2, 3])
    }

    @Test("a sleep that is over already does not wait; a cancelled one throws at once")
    func edges() async throws {
        let clock = ManualClock()
        try await clock.sleep(for: .zero)
        try await clock.sleep(for: .seconds(-1))
        let task = Task { try await clock.sleep(for: .seconds(1)) }
        await clock.untilSleeping()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(clock.sleeping == 0)
        let early = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await clock.sleep(for: .seconds(1))
        }
        await #expect(throws: CancellationError.self) { try await early.value }
    }

    @Test("set back, it wakes nobody, and nobody sleeps longer for it")
    func setBack() async {
        let clock = ManualClock()
        let task = Task { try await clock.sleep(for: .seconds(1)) }
        await clock.untilSleeping()
        clock.advance(by: .seconds(-10))
        #expect(clock.sleeping == 1)
        clock.advance(by: .milliseconds(999))
        #expect(clock.sleeping == 1)
        clock.advance(by: .milliseconds(1))
        _ = await task.result
        #expect(clock.sleeping == 0)
    }

    @Test("a sleep by the time that has passed does not care what the clock shows")
    func uptime() async throws {
        let clock = ManualClock()
        clock.advance(by: .milliseconds(4))
        clock.advance(by: .seconds(-3600))
        try await clock.sleep(untilUptime: .milliseconds(4))
        let task = Task { try await clock.sleep(untilUptime: .milliseconds(10)) }
        await clock.untilSleeping()
        clock.advance(by: .seconds(-3600))
        clock.advance(by: .milliseconds(5))
        #expect(clock.sleeping == 1)
        clock.advance(by: .milliseconds(1))
        try await task.value
    }
}

@Suite("WallClock")
struct WallClockTests {
    @Test("it shows milliseconds since 1970, and sleeps")
    func now() async throws {
        let clock = WallClock()
        let start = clock.now
        #expect(start.milliseconds > 1_700_000_000_000 && start.milliseconds < 10_000_000_000_000)
        try await clock.sleep(for: .milliseconds(20))
        #expect(start.duration(to: clock.now) >= .milliseconds(19))
        let deadline = clock.uptime + .milliseconds(20)
        try await clock.sleep(untilUptime: deadline)
        #expect(clock.uptime >= deadline)
    }
}

@Suite("Stores")
struct StoreTests {
    @Test("the store in memory conforms", arguments: StoreConformance.Rule.allCases)
    func memory(rule: StoreConformance.Rule) async throws {
        try await StoreConformance(InMemoryStore()).check(rule)
    }

    @Test("a faulty store that has no fault conforms", arguments: StoreConformance.Rule.allCases)
    func healed(rule: StoreConformance.Rule) async throws {
        try await StoreConformance(FaultyStore(InMemoryStore())).check(rule)
    }

    @Test("the suite finds each of these mistakes", arguments: BrokenStore.Mistake.allCases)
    func mistakes(mistake: BrokenStore.Mistake) async throws {
        let error = await #expect(throws: StoreConformance.Failure.self) { try await StoreConformance(BrokenStore(mistake)).checkAll() }
        #expect(mistake.rules.contains(error?.rule ?? .absentRecord), "\(mistake) was found by \(String(describing: error))")
    }

    @Test("records expire, and the store does not grow without bound")
    func expiry() async throws {
        let clock = ManualClock()
        let store = InMemoryStore(clock: clock)
        for number in 0..<20_000 {
            let report = CircuitReport(epoch: .zero, buckets: [], expiresAt: clock.now.advanced(by: .seconds(10)))
            _ = try await store.report(report, to: "\(number)")
            clock.advance(by: .milliseconds(10))
        }
        #expect(store.count <= 2048)
        clock.advance(by: .seconds(10))
        #expect(try await store.read("19999", consistent: true) == nil)
    }

    @Test("faults do what they say")
    func faults() async throws {
        let clock = ManualClock()
        let memory = InMemoryStore(clock: clock)
        let store = FaultyStore(memory, clock: clock)
        let report = CircuitReport(epoch: .zero, buckets: [CircuitWindow.Bucket(start: clock.now, tally: CircuitWindow.Tally(failures: 1))])
        func failures() async throws -> Int { try await memory.read("x", consistent: true)?.window.buckets.first?.tally.failures ?? 0 }

        for (fault, applied, mayHaveBeenApplied) in [
            (FaultyStore.Fault.refuse, 0, false), (.loseRequest, 0, true), (.throttle, 0, false), (.loseReply, 1, true),
        ] {
            store.inject(fault)
            let error = await #expect(throws: StoreError.self) { try await store.report(report, to: "x") }
            #expect(error?.mayHaveBeenApplied == mayHaveBeenApplied)
            #expect(try await failures() == applied)
        }
        store.inject(.duplicate)
        _ = try await store.report(report, to: "x")
        #expect(try await failures() == 3)
        store.inject(.stale)
        #expect(try await store.read("x", consistent: false)?.window.buckets.first?.tally.failures == 1)
        #expect(try await store.read("x", consistent: true)?.window.buckets.first?.tally.failures == 3)
        store.inject(.delay(.seconds(1)))
        let late = Task { try await store.report(report, to: "x") }
        await clock.untilSleeping()
        #expect(try await failures() == 3)
        clock.advance(by: .seconds(1))
        _ = try await late.value
        #expect(try await failures() == 4)
        #expect(store.requests(.report) == 6 && store.requests(.read) == 2)
    }
}

final class EpochOrder: Sendable {
    private let state = Mutex<[Int]>([])
    var all: [Int] { state.withLock { $0 } }
    func add(_ number: Int) { state.withLock { $0.append(number) } }
}

// A store that makes one mistake of those that stores make.
struct BrokenStore: CircuitStore {
    enum Mistake: String, CaseIterable, Sendable {
        case ignoresReportEpoch, ignoresReportState, ignoresChangeEpoch, ignoresSlot, ignoresOrderFence, losesReports, losesStreak, keepsOldSlices
        case answersBefore, losesRefusingRecord, clearsSlots, sharesRecords

        var rules: Set<StoreConformance.Rule> {
            switch self {
            case .ignoresReportEpoch: [.reportOfOtherEpoch, .reportToMissingRecord]
            case .ignoresReportState: [.reportWhenOpen]
            case .ignoresChangeEpoch: [.changeLost, .oneChangePerEpoch]
            case .ignoresSlot: [.slotTakenOnce, .slotReclaimed]
            case .ignoresOrderFence: [.orders]
            case .losesReports: [.reportsAddUp]
            case .losesStreak: [.reportsAddUp, .streak]
            case .keepsOldSlices: [.oldSlices]
            case .answersBefore: [.reportMakesRecord]
            case .losesRefusingRecord: [.reportOfOtherEpoch]
            case .clearsSlots: [.slotReclaimed]
            case .sharesRecords: [.reportMakesRecord, .absentRecord, .reportsAddUp, .manyCircuits]
            }
        }
    }

    let base = InMemoryStore()
    let mistake: Mistake

    init(_ mistake: Mistake) {
        self.mistake = mistake
    }

    private func name(_ id: String) -> String { mistake == .sharesRecords ? "all" : id }

    func read(_ id: String, consistent: Bool) async throws(StoreError) -> CircuitRecord? {
        try await base.read(name(id), consistent: consistent)
    }

    func report(_ report: CircuitReport, to id: String) async throws(StoreError) -> ReportResult {
        let id = name(id)
        var report = report
        let before = try await base.read(id, consistent: true)
        if mistake == .losesReports {
            // As far away as a real one, so that reports that come together have all read the same record.
            try? await Task.sleep(for: .milliseconds(20))
            var record = before ?? CircuitRecord()
            guard record.apply(report) else { return .refused(before) }
            base.overwrite(id) { $0 = record }
            return .accepted(record)
        }
        if mistake == .ignoresReportEpoch { report.epoch = before?.epoch ?? .zero }
        if mistake == .keepsOldSlices { report.keepFrom = .zero }
        if mistake == .losesStreak { report.streak = .add(0) }
        if mistake == .ignoresReportState, let before, before.state == .open {
            base.overwrite(id) { record in record.window = CircuitWindow(record.window.buckets + report.buckets) }
            return .accepted(before)
        }
        let result = try await base.report(report, to: id)
        switch result {
        case .accepted: return mistake == .answersBefore ? .accepted(before ?? CircuitRecord()) : result
        case .refused: return mistake == .losesRefusingRecord ? .refused(nil) : result
        }
    }

    func change(_ change: CircuitChange, of id: String) async throws(StoreError) -> ChangeResult {
        let id = name(id)
        var change = change
        let before = try await base.read(id, consistent: true)
        if mistake == .ignoresChangeEpoch { change.condition.epoch = nil }
        if mistake == .ignoresOrderFence { change.condition.orderEpoch = nil }
        if mistake == .ignoresSlot, let index = change.condition.slot?.index { change.condition.slot?.contents = before?.slots[index] }
        let result = try await base.change(change, of: id)
        if mistake == .clearsSlots, case .transition = change.target, case .won(var record) = result {
            record.slots = [:]
            base.overwrite(id) { $0 = record }
            return .won(record)
        }
        return result
    }
}
