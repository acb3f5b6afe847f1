//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Synchronization

// The listeners of a breaker's or a registry's events. One lock for all of them: sending an event takes it once, however many there are.
final class Listeners<Event: Sendable>: Sendable {
    // One who looks at each event at once, and keeps none.
    private struct Observer {
        var id: ObjectIdentifier
        var look: @Sendable (Event) -> Void
    }

    private struct All {
        var buffers: [EventBuffer<Event>] = []
        var observers: [Observer] = []
    }

    private let all = Mutex(All())
    private let count = Atomic<Int>(0)
    private let dropped = Atomic<Int>(0)

    var isEmpty: Bool { count.load(ordering: .acquiring) == 0 }

    // Events that listeners were too slow for.
    var droppedEvents: Int { dropped.load(ordering: .relaxed) }

    func add(capacity: Int) -> EventBuffer<Event> {
        let buffer = EventBuffer(capacity: capacity, of: self)
        change { $0.buffers.append(buffer) }
        return buffer
    }

    func add(_ observer: AnyObject, _ look: @escaping @Sendable (Event) -> Void) {
        let observer = Observer(id: ObjectIdentifier(observer), look: look)
        change { $0.observers.append(observer) }
    }

    func remove(_ buffer: EventBuffer<Event>) {
        change { all in all.buffers.removeAll { $0 === buffer } }
    }

    func remove(_ observer: AnyObject) {
        let id = ObjectIdentifier(observer)
        change { all in all.observers.removeAll { $0.id == id } }
    }

    private func change(_ body: (inout sending All) -> Void) {
        all.withLock { all in
            body(&all)
            count.store(all.buffers.count + all.observers.count, ordering: .releasing)
        }
    }

    func tell(_ event: @autoclosure () -> Event) {
        guard !isEmpty else { return }
        let event = event()
        let waiters = all.withLock { all in
            for observer in all.observers { observer.look(event) }
            var waiters: [EventBuffer<Event>.Waiter] = []
            for buffer in all.buffers {
                if !buffer.add(event) { dropped.wrappingAdd(1, ordering: .relaxed) }
                if let waiter = buffer.takeWaiter() { waiters.append(waiter) }
            }
            return waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    // No more events come; those that wait are still taken.
    func finish() {
        let waiters = all.withLock { all in all.buffers.compactMap { $0.finish() } }
        for waiter in waiters { waiter.resume() }
    }

    fileprivate func withLock<Value: Sendable>(_ body: () -> Value) -> Value {
        all.withLock { _ in body() }
    }
}

// One listener's events that it has not taken yet, the newest up to a number.
// @unchecked: what changes is only touched under the lock of its listeners.
final class EventBuffer<Event: Sendable>: @unchecked Sendable {
    typealias Waiter = UnsafeContinuation<Void, Never>

    private let listeners: Listeners<Event>
    private let capacity: Int
    private var events: [Event] = []
    // A full buffer is a ring that begins here.
    private var first = 0
    private var waiter: Waiter?
    private var isFinished = false
    // As many as there are events: reading it disturbs no one.
    private let count = Atomic<Int>(0)

    fileprivate init(capacity: Int, of listeners: Listeners<Event>) {
        self.capacity = max(1, capacity)
        self.listeners = listeners
    }

    // MARK: under the lock

    // False: the oldest was dropped for it.
    fileprivate func add(_ event: Event) -> Bool {
        guard !isFinished else { return true }
        guard events.count < capacity else {
            events[first] = event
            first = (first + 1) % capacity
            return false
        }
        events.append(event)
        count.store(events.count, ordering: .relaxed)
        return true
    }

    fileprivate func takeWaiter() -> Waiter? {
        guard waiter != nil else { return nil }
        defer { waiter = nil }
        return waiter
    }

    fileprivate func finish() -> Waiter? {
        isFinished = true
        return takeWaiter()
    }

    // False: nothing is there yet.
    private func swapEvents(_ batch: inout [Event]) -> Bool {
        guard !events.isEmpty else { return isFinished }
        swap(&batch, &events)
        count.store(0, ordering: .relaxed)
        if first > 0 {
            batch = Array(batch[first...] + batch[..<first])
            first = 0
        }
        return true
    }

    // MARK: the listener

    // All that waits, in order, in exchange for an empty array; nothing once nothing comes any more. To be awaited by one task at a time.
    func take(_ batch: inout [Event]) async {
        batch.removeAll(keepingCapacity: true)
        // A listener that keeps up with a busy breaker lets events gather while others have their turn: neither is it woken for each, nor do the two wait for each
        // other's lock at each.
        var turns = 0
        while turns < Self.patience, count.load(ordering: .relaxed) < Self.batchSize {
            await Task.yield()
            turns += 1
        }
        while !listeners.withLock({ swapEvents(&batch) }) { await arrival() }
    }

    private static var patience: Int { 16 }
    private static var batchSize: Int { 256 }

    private func arrival() async {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let hasArrived = listeners.withLock {
                    guard events.isEmpty, !isFinished else { return true }
                    waiter = continuation
                    return false
                }
                if hasArrived { continuation.resume() }
            }
        } onCancel: {
            listeners.withLock { finish() }?.resume()
        }
    }
}

// Those who listen to one circuit, and those who listen to all circuits of its registry.
struct CircuitListeners: Sendable {
    let id: String
    let own = Listeners<CircuitEvent>()
    let registry: Listeners<CircuitBreakerRegistry.Event>?

    var isEmpty: Bool { own.isEmpty && registry?.isEmpty ?? true }

    func tell(_ event: @autoclosure () -> CircuitEvent) {
        guard !isEmpty else { return }
        let event = event()
        own.tell(event)
        registry?.tell(.init(circuit: id, event: event))
    }
}
