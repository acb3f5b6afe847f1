//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Synchronization

// Wakes those who wait until a time. One task sleeps until the earliest of all, so that a time limit costs no timer of its own;
// where no task waits nothing runs, and a freeze is harmless.
@usableFromInline
final class Alarm: Sendable {
    // One who waits. @unchecked: `time` and `place` are only touched under the lock of the alarm that it is set on.
    @usableFromInline
    class Entry: @unchecked Sendable {
        fileprivate var time: Int64 = 0
        fileprivate var place = -1

        @usableFromInline
        init() {}

        // It is time.
        func ring() {}
    }

    private struct Sleeper {
        var wakesAt: Int64
        var task: Task<Void, Never>?
    }

    private struct State {
        // A heap: each entry is no later than the two at twice its place.
        var entries: [Entry] = []
        // By number. A later one is left to sleep when an earlier one is needed.
        var sleepers: [Int: Sleeper] = [:]
        var sleepersSoFar = 0

        // When a sleeper must wake that is not there yet.
        var unmetTime: Int64? {
            entries.first.flatMap { first in sleepers.values.allSatisfy { $0.wakesAt > first.time } ? first.time : nil }
        }
    }

    private static let system = Alarm(clock: WallClock(), keepsSleepers: true)

    private let clock: any CircuitClock
    private let stopwatch: Stopwatch
    // A cancelled sleep of the system's clock leaves its timer behind: its sleepers are kept for those who come next, and end when their time comes.
    // A test's clock has no sleeper while no call waits, so that the test can see which do.
    private let keepsSleepers: Bool
    private let state = Mutex(State())

    init(clock: any CircuitClock, keepsSleepers: Bool = false) {
        self.clock = clock
        self.keepsSleepers = keepsSleepers
        stopwatch = Stopwatch(clock)
    }

    // One for the whole process; clocks of tests have their own.
    static func of(_ clock: any CircuitClock) -> Alarm {
        clock is WallClock ? system : Alarm(clock: clock)
    }

    // Entries that wait, and tasks that sleep.
    var pending: (entries: Int, sleepers: Int) { state.withLock { ($0.entries.count, $0.sleepers.count) } }

    func set(_ entry: Entry, after limit: Int64) {
        let now = stopwatch.nanoseconds / 1_000_000
        let time = now.addingReportingOverflow(max(0, limit)).overflow ? .max : now + max(0, limit)
        let needed: Int? = state.withLock { state in
            entry.time = time
            entry.place = state.entries.count
            state.entries.append(entry)
            state.entries.rise(from: entry.place)
            guard let wake = state.unmetTime else { return nil }
            state.sleepersSoFar += 1
            state.sleepers[state.sleepersSoFar] = Sleeper(wakesAt: wake)
            return state.sleepersSoFar
        }
        if let needed { start(needed) }
    }

    func cancel(_ entry: Entry) {
        let idle: [Task<Void, Never>] = state.withLock { state in
            state.entries.remove(entry)
            guard !keepsSleepers, state.entries.isEmpty else { return [] }
            defer { state.sleepers = [:] }
            return state.sleepers.values.compactMap(\.task)
        }
        for task in idle { task.cancel() }
    }

    private func start(_ number: Int) {
        // Detached: it outlives the call that needed it first, and must not carry that call's values or priority.
        let task = Task.detached { [self] in
            while let wake = state.withLock({ $0.sleepers[number]?.wakesAt }) {
                try? await clock.sleep(untilUptime: .milliseconds(wake))
                wakeWhoIsDue(number)
            }
        }
        let isNeeded = state.withLock { state in
            state.sleepers[number]?.task = task
            return state.sleepers[number] != nil
        }
        if !isNeeded { task.cancel() }
    }

    // A sleeper acts only if it is still the current one; one that was replaced meanwhile does nothing.
    private func wakeWhoIsDue(_ number: Int) {
        let now = stopwatch.nanoseconds / 1_000_000
        let due: [Entry] = state.withLock { state in
            guard let sleeper = state.sleepers.removeValue(forKey: number) else { return [] }
            var due: [Entry] = []
            while let first = state.entries.first, first.time <= now {
                state.entries.remove(first)
                due.append(first)
            }
            if let wake = state.unmetTime { state.sleepers[number] = Sleeper(wakesAt: wake, task: sleeper.task) }
            return due
        }
        for entry in due { entry.ring() }
    }
}

extension [Alarm.Entry] {
    fileprivate mutating func remove(_ entry: Alarm.Entry) {
        let place = entry.place
        guard place >= 0 else { return }
        entry.place = -1
        let last = removeLast()
        guard last !== entry else { return }
        self[place] = last
        last.place = place
        rise(from: place)
        sink(from: last.place)
    }

    fileprivate mutating func rise(from start: Int) {
        var place = start
        while place > 0, self[place].time < self[(place - 1) / 2].time {
            exchange(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    private mutating func sink(from start: Int) {
        var place = start
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2] where child < count && self[child].time < self[least].time { least = child }
            guard least != place else { return }
            exchange(place, least)
            place = least
        }
    }

    private mutating func exchange(_ a: Int, _ b: Int) {
        swapAt(a, b)
        self[a].place = a
        self[b].place = b
    }
}
