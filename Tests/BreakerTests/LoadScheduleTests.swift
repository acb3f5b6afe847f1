//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import Testing

@testable import breaker

@Suite struct LoadScheduleTests {
    private var schedule = LoadSchedule()
    private var now = Timestamp(milliseconds: 1_000_000)

    private mutating func take(after milliseconds: Int64) -> Int? {
        now = Timestamp(milliseconds: now.milliseconds + milliseconds)
        return schedule.take(at: now)
    }

    @Test(arguments: [1, 3, 7, 50, 333, 500, 1000]) mutating func allCallsOfASecondAreSentInIt(_ rate: Int) {
        schedule.set(callsPerSecond: rate, at: now)
        var sent = 0
        // A timer that is never quite on time.
        for step in 0..<100 {
            let calls = take(after: [9, 10, 11][step % 3]) ?? 0
            #expect(calls <= rate / 90 + 1)
            for _ in 0..<calls { schedule.end() }
            sent += calls
        }
        #expect((rate - 1...rate).contains(sent))
    }

    @Test mutating func nothingIsSentWithoutALoad() {
        #expect(take(after: 1000) == nil)
        schedule.set(callsPerSecond: 10, at: now)
        #expect(take(after: 100) == 1)
        schedule.set(callsPerSecond: 0, at: now)
        #expect(take(after: 100) == nil)
    }

    @Test mutating func aPauseIsNotMadeUpFor() {
        schedule.set(callsPerSecond: 100, at: now)
        #expect(take(after: 20_000) == 50)
        #expect(take(after: -5000) == 0)
        #expect(take(after: 10) == 1)
    }

    @Test mutating func aLoadThatNobodyWatchesEnds() {
        schedule.set(callsPerSecond: 10, at: now)
        #expect(take(after: 30_000) != nil)
        schedule.watch(at: now)
        #expect(take(after: 30_000) != nil)
        #expect(take(after: 1) == nil)
        #expect(schedule.callsPerSecond == 0)
        schedule.watch(at: now)
        #expect(take(after: 10) == nil)
    }

    @Test mutating func onlySoManyAreUnderWayAndTheRestIsCounted() {
        schedule.set(callsPerSecond: 1000, at: now)
        var sent = 0
        for _ in 0..<500 { sent += take(after: 10) ?? 0 }
        #expect(sent == LoadSchedule.mostUnderWay)
        #expect(schedule.underWay == sent)
        #expect(schedule.notSent == 1000)
        schedule.end()
        #expect(take(after: 10) == 1)
    }
}
