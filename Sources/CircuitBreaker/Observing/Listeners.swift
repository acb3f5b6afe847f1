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
        let lost = buffers.withLock { $0 }.count { !$0.add(event) }
        if lost > 0 { dropped.wrappingAdd(lost, ordering: .relaxed) }
    }

    func finish() {
        for buffer in buffers.withLock({ $0 }) { buffer.finish() }
    }
}

// One listener's events that it has not taken yet, the newest up to a number.
final class EventBuffer: Sendable {
    fileprivate struct State {
        // A ring once it is full.
        var events: [CircuitEvent] = []
        var first = 0
        var waiter: UnsafeContinuation<CircuitEvent?, Never>?
        var isFinished = false
    }

    private let capacity: Int
    private let state = Mutex(State())

    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    // False: the oldest was dropped for it.
    func add(_ event: CircuitEvent) -> Bool {
        let (waiter, isKept) = state.withLock { state -> (UnsafeContinuation<CircuitEvent?, Never>?, Bool) in
            if state.isFinished { return (nil, true) }
            if let waiter = state.waiter {
                state.waiter = nil
                return (waiter, true)
            }
            guard state.events.count - state.first >= capacity else {
                state.events.append(event)
                return (nil, true)
            }
            state.events.append(event)
            state.takeFirst()
            return (nil, false)
        }
        waiter?.resume(returning: event)
        return isKept
    }

    func finish() {
        let waiter = state.withLock { state in
            state.isFinished = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: nil)
    }

    // To be awaited by one task at a time; nil: nothing comes any more.
    func next() async -> CircuitEvent? {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let event: CircuitEvent?? = state.withLock { state in
                    if state.first < state.events.count { return .some(state.takeFirst()) }
                    if state.isFinished { return .some(nil) }
                    state.waiter = continuation
                    return nil
                }
                if let event { continuation.resume(returning: event) }
            }
        } onCancel: {
            finish()
        }
    }
}

extension EventBuffer.State {
    @discardableResult
    fileprivate mutating func takeFirst() -> CircuitEvent {
        let event = events[first]
        first += 1
        if first == events.count {
            events.removeAll(keepingCapacity: true)
            first = 0
        } else if first >= 256, first * 2 >= events.count {
            events.removeFirst(first)
            first = 0
        }
        return event
    }
}
