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

    @usableFromInline
    init(milliseconds: Int64, alarm: Alarm, passesCancellationOn: Bool = true) {
        self.milliseconds = milliseconds
        self.alarm = alarm
        self.passesCancellationOn = passesCancellationOn
    }

    // The work's value; nil when the limit came first: then it is cancelled and left to itself, even if it does not heed that.
    @inlinable
    func run<Value: Sendable>(_ work: @escaping @Sendable () async -> Value) async -> Value? {
        let (race, place) = (Race(), Place<Value>())
        let worker = Race.start {
            place.value = await work()
            race.end()
        }
        let isWon = await race.isWon(by: worker, within: milliseconds, on: alarm, passesCancellationOn: passesCancellationOn)
        return isWon ? place.value : nil
    }

    // The same, but returns when the work has ended; `isOver` is told when the limit came first.
    @inlinable
    func runToItsEnd<Value: Sendable>(_ work: @escaping @Sendable () async -> Value, isOver: () async -> Void) async -> Value? {
        let (race, place) = (Race(), Place<Value>())
        let worker = Race.start {
            place.value = await work()
            race.end()
        }
        let isWon = await race.isWon(by: worker, within: milliseconds, on: alarm, passesCancellationOn: passesCancellationOn)
        if !isWon { await isOver() }
        await worker.value
        return isWon ? place.value : nil
    }
}
