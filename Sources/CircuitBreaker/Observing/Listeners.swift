//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Synchronization

// Those who listen to a breaker's events.
final class Listeners: Sendable {
    private let buffers = Mutex<[EventBuffer]>([])
    private let count = Atomic<Int>(0)
    private let dropped = Atomic<Int>(0)

    var isEmpty: Bool { count.load(ordering: .acquiring) == 0 }

    // Events that listeners were too slow for.
    var droppedEvents: Int { dropped.load(ordering: .relaxed) }

    func add(_ buffer: EventBuffer) {
        buffers.withLock { buffers in
            buffers.append(buffer)
            count.store(buffers.count, ordering: .releasing)
        }
    }

    func remove(_ buffer: EventBuffer) {
        buffers.withLock { buffers in
            buffers.removeAll { $0 === buffer }
            count.store(buffers.count, ordering: .releasing)
        }
    }

    func tell(_ event: @autoclosure () -> CircuitEvent) {
        guard !isEmpty else { return }
        let event = event()
        let lost = buffers.withLock { buffers in
            var lost = 0
            for buffer in buffers where !buffer.add(event) { lost += 1 }
            return lost
        }
        if lost > 0 { dropped.wrappingAdd(lost, ordering: .relaxed) }
    }

    func finish() {
        for buffer in buffers.withLock({ $0 }) { buffer.finish() }
    }
}

// One listener's events that it has not taken yet, the newest up to a number.
final class EventBuffer: Sendable {
    fileprivate struct State {
        var events: [CircuitEvent] = []
        // A full buffer is a ring that begins here.
        var first = 0
        var waiter: UnsafeContinuation<Void, Never>?
        var isFinished = false
    }

    private let capacity: Int
    private let state = Mutex(State())
    // As many as the state holds: to look at it disturbs nobody.
    private let count = Atomic<Int>(0)

    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    // False: the oldest was dropped for it.
    func add(_ event: CircuitEvent) -> Bool {
        let (waiter, isKept) = state.withLock { state -> (UnsafeContinuation<Void, Never>?, Bool) in
            guard !state.isFinished else { return (nil, true) }
            guard state.events.count < capacity else {
                state.events[state.first] = event
                state.first = (state.first + 1) % capacity
                return (nil, false)
            }
            state.events.append(event)
            count.store(state.events.count, ordering: .relaxed)
            defer { state.waiter = nil }
            return (state.waiter, true)
        }
        waiter?.resume()
        return isKept
    }

    func finish() {
        let waiter = state.withLock { state in
            state.isFinished = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    // All that waits, in order, in exchange for an empty array; nothing once nothing comes any more. To be awaited by one task at a time.
    func take(_ batch: inout [CircuitEvent]) async {
        batch.removeAll(keepingCapacity: true)
        // A listener that keeps up with a busy breaker lets events gather while others have their turn: neither is it woken for each, nor do the two wait for each
        // other's lock at each.
        var turns = 0
        while turns < Self.patience, count.load(ordering: .relaxed) < Self.batchSize {
            await Task.yield()
            turns += 1
        }
        while !takeNow(&batch) { await arrival() }
    }

    private static let patience = 16
    private static let batchSize = 256

    // False: nothing is there yet.
    private func takeNow(_ batch: inout [CircuitEvent]) -> Bool {
        state.withLock { state in
            guard !state.events.isEmpty else { return state.isFinished }
            swap(&batch, &state.events)
            count.store(0, ordering: .relaxed)
            if state.first > 0 {
                batch = Array(batch[state.first...] + batch[..<state.first])
                state.first = 0
            }
            return true
        }
    }

    private func arrival() async {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let hasArrived = state.withLock { state in
                    guard state.events.isEmpty, !state.isFinished else { return true }
                    state.waiter = continuation
                    return false
                }
                if hasArrived { continuation.resume() }
            }
        } onCancel: {
            finish()
        }
    }
}
