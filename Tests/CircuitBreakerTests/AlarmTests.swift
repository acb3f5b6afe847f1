//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreakerTesting
import Synchronization
import Testing

@testable import CircuitBreaker

@Suite("Alarm")
struct AlarmTests {
    final class Bell: Alarm.Entry, @unchecked Sendable {
        // @unchecked: an atomic and a constant are all that it adds.
        let number: Int
        let rung: Mutex<[Int]>.Reference

        init(_ number: Int, _ rung: Mutex<[Int]>.Reference) {
            self.number = number
            self.rung = rung
        }

        override func ring() { rung.mutex.withLock { $0.append(number) } }
    }

    @Test("those who wait are woken in the order of their times, and those who gave up are not")
    func order() async {
        let clock = ManualClock()
        let alarm = Alarm(clock: clock)
        let rung = Mutex<[Int]>.Reference([])
        let bells = [5, 3, 9, 1, 7, 3, 8].map { Bell($0, rung) }
        for bell in bells { alarm.set(bell, after: Int64(bell.number)) }
        alarm.cancel(bells[4])
        alarm.cancel(bells[4])
        #expect(alarm.pending.entries == 6)
        for _ in 1...9 {
            clock.advance(by: .milliseconds(1))
            let due = bells.count { $0.number != 7 && Int64($0.number) <= clock.now.milliseconds - ManualClock().now.milliseconds }
            while rung.mutex.withLock({ $0.count }) < due { await Task.yield() }
        }
        #expect(rung.mutex.withLock { $0 } == [1, 3, 3, 5, 8, 9])
        #expect(alarm.pending.entries == 0)
    }

    @Test("time that passes while a sleeper falls asleep counts")
    func timePassesMeanwhile() async {
        let clock = HastyClock()
        let alarm = Alarm(clock: clock)
        let rung = Mutex<[Int]>.Reference([])
        alarm.set(Bell(1, rung), after: 25)
        while rung.mutex.withLock({ $0.isEmpty }), clock.manual.sleeping == 0 || clock.manual.uptime == .zero { await Task.yield() }
        #expect(rung.mutex.withLock { $0 } == [1])
    }

    @Test("a hundred thousand limits that were not reached leave one sleeper, which ends when its time comes")
    func manyLimits() async {
        let clock = ManualClock()
        let alarm = Alarm(clock: clock, keepsSleepers: true)
        let rung = Mutex<[Int]>.Reference([])
        for number in 0..<100_000 {
            let bell = Bell(number, rung)
            alarm.set(bell, after: 10_000)
            alarm.cancel(bell)
        }
        #expect(alarm.pending == (entries: 0, sleepers: 1))
        await clock.untilSleeping(1)
        clock.advance(by: .seconds(10))
        while alarm.pending.sleepers > 0 { await Task.yield() }
        #expect(rung.mutex.withLock { $0 } == [])
    }

    @Test("a test's clock has no sleeper left when nobody waits")
    func noSleeperLeft() async {
        let clock = ManualClock()
        let alarm = Alarm(clock: clock)
        let bell = Bell(1, .init([]))
        alarm.set(bell, after: 10)
        await clock.untilSleeping(1)
        alarm.cancel(bell)
        #expect(alarm.pending == (entries: 0, sleepers: 0))
        while clock.sleeping > 0 { await Task.yield() }
    }

    @Test("calls with a limit of ten seconds leave no more than a handful of timers, on eight tasks")
    func manyCalls() async throws {
        let breaker = try CircuitBreaker("alarm")
        let before = Alarm.of(WallClock()).pending
        await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    var sum = 0
                    for number in 0..<12_500 {
                        let value = try? await breaker.run(timeout: .seconds(10)) {
                            await Task.yield()
                            return number
                        }
                        sum &+= value ?? 0
                    }
                    return sum
                }
            }
            for await sum in group { #expect(sum == 12_499 * 12_500 / 2) }
        }
        let after = Alarm.of(WallClock()).pending
        #expect(after.entries <= before.entries + 8 && after.sleepers <= before.sleepers + 4, "\(after) after, \(before) before")
    }

    @Test("an entry that is set on a full alarm is woken first if its time is first", arguments: [1, 2, 3] as [UInt64])
    func heap(seed: UInt64) async {
        let clock = ManualClock()
        let alarm = Alarm(clock: clock)
        let rung = Mutex<[Int]>.Reference([])
        var random = SplitMix64(seed: seed)
        var bells: [Bell] = []
        var expected: [Int] = []
        for _ in 0..<500 {
            let bell = Bell(Int(random.next() % 1000) + 1, rung)
            alarm.set(bell, after: Int64(bell.number))
            bells.append(bell)
            if random.next() % 3 == 0 { alarm.cancel(bells.remove(at: Int(random.next() % UInt64(bells.count)))) }
        }
        expected = bells.map(\.number).sorted()
        #expect(alarm.pending.entries == expected.count)
        while clock.sleeping < alarm.pending.sleepers { await Task.yield() }
        clock.advance(by: .seconds(2))
        while rung.mutex.withLock({ $0.count }) < expected.count { await Task.yield() }
        #expect(rung.mutex.withLock { $0 } == expected)
    }
}

extension Mutex where Value == [Int] {
    final class Reference: Sendable {
        let mutex: Mutex<[Int]>

        init(_ value: [Int]) { mutex = Mutex(value) }
    }
}

// After its second look at how much time has passed, 25 ms pass before anything else can happen.
private final class HastyClock: CircuitClock {
    let manual = ManualClock()
    private let looks = Mutex(0)

    var now: Timestamp { manual.now }
    var minimumResolution: Duration { manual.minimumResolution }

    var uptime: Duration {
        let uptime = manual.uptime
        let isSecond = looks.withLock { looks in
            looks += 1
            return looks == 2
        }
        if isSecond { manual.advance(by: .milliseconds(25)) }
        return uptime
    }

    func sleep(until deadline: Timestamp, tolerance: Duration?) async throws {
        try await manual.sleep(until: deadline, tolerance: tolerance)
    }
}
