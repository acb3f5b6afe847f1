//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// A circuit's events, from the moment this was asked for.
///
/// Each listener has its own.
///
/// A listener that is slower than its buffer loses the oldest; ``CircuitBreaker/Counts/droppedEvents`` is their number.
public struct CircuitEvents: AsyncSequence, Sendable {
    /// One event.
    public typealias Element = CircuitEvent

    /// Takes one event after the other.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate var reader: EventReader<CircuitEvent>

        /// The next event; nil when the task was cancelled or the breaker is gone.
        public mutating func next() async -> CircuitEvent? { await reader.next() }
    }

    fileprivate let subscription: Subscription<CircuitEvent>

    /// Begins to listen.
    public func makeAsyncIterator() -> Iterator {
        Iterator(reader: EventReader(subscription))
    }
}

extension CircuitBreaker {
    /// Listens to what happens from now on.
    /// - Parameter buffer: how many events wait for a slow listener before the oldest are dropped and counted.
    /// - Returns: the events; they end when the listener's task is cancelled or the breaker is gone.
    public func events(buffer: Int = 1024) -> CircuitEvents {
        let buffer = listeners.own.add(capacity: buffer)
        republish()
        return CircuitEvents(subscription: .init(buffer) { [weak self] in self?.removeListener(buffer) })
    }

    private func removeListener(_ buffer: EventBuffer<CircuitEvent>) {
        listeners.own.remove(buffer)
        republish()
    }

    func add(_ sampler: DurationSampler) {
        listeners.own.add(sampler) { event in
            if let duration = event.duration { sampler.add(duration) }
        }
        republish()
    }

    func remove(_ sampler: DurationSampler) {
        listeners.own.remove(sampler)
        republish()
    }
}
