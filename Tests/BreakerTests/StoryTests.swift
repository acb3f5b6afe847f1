//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import LocalFleet
import Testing
import UnreliableService

@testable import breaker

@Suite struct StoryTests {
    private let start = Timestamp(milliseconds: 1_000_000)
    private var story = Story()

    private func at(_ milliseconds: Int64) -> Timestamp {
        Timestamp(milliseconds: start.milliseconds + milliseconds)
    }

    private func call(_ outcome: ServiceOutcome?, at milliseconds: Int64, took: Int64 = 0, isProbe: Bool = false) -> FleetCall {
        FleetCall(environment: 1, outcome: outcome, isProbe: isProbe, start: at(milliseconds - took), end: at(milliseconds))
    }

    private func record(_ state: CircuitState, epoch: Int64, orderEpoch: Int64 = 0, order: CircuitOrder? = nil) -> CircuitRecord {
        var record = CircuitRecord()
        record.state = state
        record.epoch = Epoch(rawValue: epoch)
        record.orderEpoch = Epoch(rawValue: orderEpoch)
        record.order = order
        return record
    }

    @Test mutating func callsAreCountedInTheSliceTheyEndIn() {
        story.add(call(.success, at: 10, took: 7))
        story.add(call(.failed, at: 240, took: 100))
        story.add(call(.timedOut, at: 250))
        story.add(call(.rejected, at: 260))
        story.add(call(nil, at: 499))
        let slices = story.frame(after: nil, at: at(500)).slices
        #expect(slices.map(\.success) == [1, 0])
        #expect(slices.map(\.failed) == [1, 0])
        #expect(slices.map(\.timedOut) == [0, 1])
        #expect(slices.map(\.rejected) == [0, 1])
        #expect(slices.map(\.throttled) == [0, 1])
        #expect(slices.map(\.milliseconds) == [107, 0])
    }

    @Test mutating func noSliceIsToldBeforeItIsOverAndNoneTwice() {
        story.add(call(.success, at: 10))
        let first = story.frame(after: nil, at: at(249))
        #expect(first.slices.isEmpty)
        story.add(call(.success, at: 249))
        let second = story.frame(after: first.cursor, at: at(250))
        #expect(second.slices.map(\.success) == [2])
        #expect(!second.isWhole)
        #expect(story.frame(after: second.cursor, at: at(499)).slices.isEmpty)
    }

    @Test mutating func aClockThatIsSetBackLosesNoCall() {
        story.add(call(.success, at: 5000))
        let seen = story.frame(after: nil, at: at(5250))
        story.add(call(.success, at: 5260))
        story.add(call(.success, at: 100))
        #expect(story.frame(after: seen.cursor, at: at(200)).slices.isEmpty)
        let slices = story.frame(after: seen.cursor, at: at(5500)).slices
        #expect(slices.map(\.success) == [2])
    }

    @Test mutating func whoReadsSlowlyGetsAllThatIsStillThere() {
        let first = story.frame(after: nil, at: at(0))
        for slice in 0..<Int64(Story.sliceLimit - 1) { story.add(call(.success, at: slice * Story.sliceWidth)) }
        let end = Int64(Story.sliceLimit - 1) * Story.sliceWidth
        let frame = story.frame(after: first.cursor, at: at(end))
        #expect(!frame.isWhole)
        #expect(frame.slices.count == Story.sliceLimit - 1)
        // Later than that, it starts over.
        #expect(story.frame(after: first.cursor, at: at(end + 2 * Story.sliceWidth)).isWhole)
    }

    @Test mutating func whatIsHeldIsBounded() {
        for index in 0..<10_000 {
            story.add(call(.success, at: Int64(index) * Story.sliceWidth, isProbe: true))
        }
        #expect(story.slices.count <= Story.sliceLimit)
        #expect(story.events.count == Story.eventLimit)
        #expect(story.totals.calls == 10_000)
    }

    @Test mutating func aReaderThatMissedEventsBeginsAnew() {
        let cursor = story.frame(after: nil, at: at(0)).cursor
        for epoch in 1...Int64(Story.eventLimit) { story.see(record(.open, epoch: epoch), at: at(1)) }
        #expect(!story.frame(after: cursor, at: at(250)).isWhole)
        story.see(record(.closed, epoch: 1000), at: at(2))
        #expect(story.frame(after: cursor, at: at(250)).isWhole)
        // And so does one that claims to have seen more than there was.
        #expect(story.frame(after: .init(slice: 0, event: 100_000), at: at(250)).isWhole)
    }

    @Test mutating func eachEpochIsToldOnceHoweverManyAnswersShowIt() {
        story.see(record(.open, epoch: 5), at: at(0))
        story.see(record(.open, epoch: 5), at: at(1))
        story.see(record(.closed, epoch: 3), at: at(2))
        #expect(story.events.map(\.kind) == [.state(.open, Epoch(rawValue: 5), nil)])
    }

    @Test mutating func savedCallsAreThoseThatTheCircuitRejected() {
        story.add(call(.failed, at: 0, took: 400))
        story.add(call(.timedOut, at: 1, took: 600))
        story.add(call(.rejected, at: 10, took: 1))
        #expect(story.totals.saved == 1)
        #expect(story.totals.millisecondsSaved == 499)
        // Rejected more slowly than failed: no time is saved, and none is taken back.
        story.add(call(.rejected, at: 20, took: 900))
        #expect(story.totals.saved == 2)
        #expect(story.totals.millisecondsSaved == 499)
        // Failures of two minutes ago say nothing of what the service takes now.
        story.add(call(.rejected, at: 120_002, took: 1))
        #expect(story.totals.saved == 3 && story.totals.meanFailure == 0)
        #expect(story.totals.millisecondsSaved == 499)
    }

    @Test mutating func anOrderHoldsCallsBackAndSavesNone() {
        let order = CircuitOrder(.forceOpen, until: at(1000))
        story.see(record(.closed, epoch: 0, orderEpoch: 1, order: order), at: at(0))
        story.add(call(.rejected, at: 500))
        // By a clock that lags by a tick; one later is the circuit's own rejection.
        story.add(call(.rejected, at: 1019))
        story.add(call(.rejected, at: 1020))
        #expect(story.totals.heldBack == 2)
        #expect(story.totals.saved == 1)
        #expect(story.events.map(\.kind) == [.order(order)])
    }
}
