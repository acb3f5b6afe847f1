//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// Ends the listening when it is no longer held.
final class Subscription<Event: Sendable>: Sendable {
    let buffer: EventBuffer<Event>
    private let end: @Sendable () -> Void

    init(_ buffer: EventBuffer<Event>, end: @escaping @Sendable () -> Void) {
        self.buffer = buffer
        self.end = end
    }

    deinit {
        end()
    }
}

// Takes a listener's events one after the other.
struct EventReader<Event: Sendable> {
    private let subscription: Subscription<Event>
    // What was taken and not handed on yet.
    private var batch: [Event] = []
    private var index = 0

    init(_ subscription: Subscription<Event>) {
        self.subscription = subscription
    }

    mutating func next() async -> Event? {
        if index == batch.count {
            index = 0
            await subscription.buffer.take(&batch)
        }
        guard index < batch.count else { return nil }
        defer { index += 1 }
        return batch[index]
    }
}
