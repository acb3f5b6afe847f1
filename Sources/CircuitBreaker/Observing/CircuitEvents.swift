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

    // Ends the listening when it is no longer held.
    final class Subscription: Sendable {
        let buffer: EventBuffer
        private let end: @Sendable () -> Void

        init(_ buffer: EventBuffer, end: @escaping @Sendable () -> Void) {
            self.buffer = buffer
            self.end = end
        }

        deinit {
            end()
        }
    }

    /// Takes one event after the other.
    public struct Iterator: AsyncIteratorProtocol {
        let subscription: Subscription
        // What was taken and not handed on yet.
        private var batch: [CircuitEvent] = []
        private var index = 0

        init(_ subscription: Subscription) {
            self.subscription = subscription
        }

        /// The next event; nil when the task was cancelled or the breaker is gone.
        public mutating func next() async -> CircuitEvent? {
            if index == batch.count {
                index = 0
                await subscription.buffer.take(&batch)
            }
            guard index < batch.count else { return nil }
            defer { index += 1 }
            return batch[index]
        }
    }

    let subscription: Subscription

    /// Begins to listen.
    public func makeAsyncIterator() -> Iterator {
        Iterator(subscription)
    }
}

extension CircuitBreaker {
    /// Listens to what happens from now on.
    /// - Parameter buffer: how many events wait for a slow listener before the oldest are dropped and counted.
    /// - Returns: the events; they end when the listener's task is cancelled or the breaker is gone.
    public func events(buffer: Int = 1024) -> CircuitEvents {
        let buffer = listeners.add(capacity: buffer)
        republish()
        return CircuitEvents(subscription: .init(buffer) { [weak self] in self?.removeListener(buffer) })
    }

    private func removeListener(_ buffer: EventBuffer) {
        listeners.remove(buffer)
        republish()
    }

    func add(_ sampler: DurationSampler) {
        listeners.add(sampler)
        republish()
    }

    func remove(_ sampler: DurationSampler) {
        listeners.remove(sampler)
        republish()
    }
}
