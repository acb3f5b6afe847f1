//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// Work with a time limit.
@usableFromInline
struct TimeLimit: Sendable {
    @usableFromInline var milliseconds: Int64
    @usableFromInline var alarm: Alarm
    // Whether the work is cancelled when the caller is.
    @usableFromInline var passesCancellationOn = true
    // How many turns all others have when it is over, before it counts: the end may wait for one.
    var turns = 0

    @usableFromInline
    init(milliseconds: Int64, alarm: Alarm, passesCancellationOn: Bool = true, turns: Int = 0) {
        self.milliseconds = milliseconds
        self.alarm = alarm
        self.passesCancellationOn = passesCancellationOn
        self.turns = turns
    }

    // The work's value; nil when the limit came first: then it is cancelled and left to itself, even if it ignores that.
    @inlinable
    func run<Value: Sendable>(_ work: @escaping @Sendable () async -> Value) async -> Value? {
        await TimedWork(work).value(within: self)
    }

    // The same, but returns when the work has ended; `isOver` runs first when the limit came first.
    @inlinable
    func runToItsEnd<Value: Sendable>(_ work: @escaping @Sendable () async -> Value, isOver: () async -> Void) async -> Value? {
        let timed = TimedWork(work)
        let value = await timed.value(within: self)
        if value == nil { await isOver() }
        await timed.worker.value
        return value
    }
}

// Work that has begun, and may be given up.
@usableFromInline
struct TimedWork<Value: Sendable>: Sendable {
    @usableFromInline let race = Race()
    @usableFromInline let place = Place<Value>()
    @usableFromInline let worker: Task<Void, Never>

    @inlinable
    init(_ work: @escaping @Sendable () async -> Value) {
        worker = Race.start { [race, place] in
            place.value = await work()
            race.end()
        }
    }

    @inlinable
    func value(within limit: TimeLimit) async -> Value? {
        await race.isWon(by: worker, within: limit) ? place.value : nil
    }
}
