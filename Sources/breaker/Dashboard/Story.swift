//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import LocalFleet
import UnreliableService

// What happened lately, for a page that shows it: calls counted in slices of time, and each change, probe and order by itself.
// A value without a clock; what it holds is bounded, however many calls come.
struct Story: Sendable {
    static let sliceWidth: Int64 = 250
    // Five minutes.
    static let sliceLimit = 1200
    static let eventLimit = 400

    struct Slice: Hashable, Sendable {
        // Since the epoch, in widths.
        var index: Int64
        var success = 0
        var failed = 0
        var timedOut = 0
        var rejected = 0
        // Rejected by an order, not by the circuit.
        var heldBack = 0
        var throttled = 0
        var other = 0
        var probes = 0
        // Of calls that reached the service.
        var milliseconds: Int64 = 0
        // Calls under way, the most that was seen; only while a page is open.
        var underWay = 0
    }

    struct Event: Hashable, Sendable {
        enum Kind: Hashable, Sendable {
            case state(CircuitState, Epoch, ChangeReason?)
            case probe(environment: Int, ServiceOutcome, milliseconds: Int64)
            // Nil: it was lifted.
            case order(CircuitOrder?)
        }

        // Counted from 1.
        var number: Int
        var at: Timestamp
        var kind: Kind
    }

    // How far a reader has come.
    struct Cursor: Hashable, Sendable {
        var slice: Int64
        var event: Int
    }

    private(set) var slices: [Slice] = []
    private(set) var events: [Event] = []
    private(set) var totals = StoryTotals()
    private var eventsSoFar = 0
    private var epoch = Epoch.zero
    private var orderEpoch = Epoch.zero
    private var order: CircuitOrder?

    mutating func add(_ call: FleetCall) {
        // A call may be rejected by a clock that lags by a tick.
        let decidedAt = call.end.adding(-Pass.clockTick)
        let isHeldBack = call.outcome == .rejected && order?.kind == .forceOpen && order?.isInForce(at: decidedAt) == true
        let milliseconds = max(0, call.end.since(call.start))
        totals.add(call, isHeldBack: isHeldBack, milliseconds: milliseconds)
        withSlice(at: call.end) { slice in
            switch call.outcome {
            case .success?: slice.success += 1
            case .failed?: slice.failed += 1
            case .timedOut?: slice.timedOut += 1
            case .rejected?: if isHeldBack { slice.heldBack += 1 } else { slice.rejected += 1 }
            case .unusable?, .unused?, .refused?: slice.other += 1
            case nil: slice.throttled += 1
            }
            if call.outcome != .rejected, call.outcome != nil { slice.milliseconds += milliseconds }
            if call.isProbe { slice.probes += 1 }
        }
        if call.isProbe, let environment = call.environment, let outcome = call.outcome {
            add(.probe(environment: environment, outcome, milliseconds: milliseconds), at: call.end)
        }
    }

    // A record that an answer of the store showed; older ones tell nothing new.
    mutating func see(_ record: CircuitRecord, at now: Timestamp) {
        if record.epoch > epoch {
            epoch = record.epoch
            add(.state(record.state, record.epoch, record.reason), at: record.since)
        }
        if record.orderEpoch > orderEpoch {
            orderEpoch = record.orderEpoch
            order = record.order
            add(.order(record.order), at: now)
        }
    }

    mutating func see(underWay: Int, at now: Timestamp) {
        guard underWay > 0 else { return }
        withSlice(at: now) { $0.underWay = max($0.underWay, underWay) }
    }

    mutating func countRequest(_ verb: ObservedStore.Verb) {
        totals.storeRequests[verb, default: 0] += 1
    }

    private mutating func add(_ kind: Event.Kind, at time: Timestamp) {
        eventsSoFar += 1
        events.append(Event(number: eventsSoFar, at: time, kind: kind))
        if events.count > Self.eventLimit { events.removeFirst(events.count - Self.eventLimit) }
    }

    private mutating func withSlice(at time: Timestamp, _ body: (inout Slice) -> Void) {
        // A clock that was set back must not open slices that readers have passed.
        let index = max(Self.index(at: time), slices.last?.index ?? .min)
        if slices.last?.index != index {
            slices.append(Slice(index: index))
            let oldest = index - Int64(Self.sliceLimit)
            slices.removeFirst(slices.prefix { $0.index <= oldest }.count)
        }
        body(&slices[slices.count - 1])
    }

    static func index(at time: Timestamp) -> Int64 {
        time.milliseconds / sliceWidth
    }
}

extension Story {
    // What a reader has not seen yet. Only slices that are over are sent, so that none is sent twice.
    struct Frame: Hashable, Sendable {
        // The reader must forget what it had.
        var isWhole: Bool
        var slices: [Slice]
        var events: [Event]
        var cursor: Cursor
    }

    func frame(after cursor: Cursor?, at now: Timestamp) -> Frame {
        let end = max(Self.index(at: now), cursor?.slice ?? .min) - 1
        let oldestEvent = events.first?.number ?? 1
        guard let cursor, cursor.event <= eventsSoFar, cursor.event >= oldestEvent - 1, end - cursor.slice < Int64(Self.sliceLimit) else {
            let seen = slices.filter { $0.index <= end && $0.index > end - Int64(Self.sliceLimit) }
            return Frame(isWhole: true, slices: seen, events: events, cursor: Cursor(slice: end, event: eventsSoFar))
        }
        return Frame(
            isWhole: false,
            slices: slices.filter { $0.index > cursor.slice && $0.index <= end },
            events: events.filter { $0.number > cursor.event },
            cursor: Cursor(slice: max(end, cursor.slice), event: eventsSoFar)
        )
    }
}
