//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// Calls once a time is over, unless it is cancelled or dropped before.
package final class Countdown: Sendable {
    private final class Bell: Alarm.Entry, @unchecked Sendable {
        // @unchecked above: this is all that the class adds, and it does not change.
        let onRing: @Sendable () -> Void

        init(_ onRing: @escaping @Sendable () -> Void) {
            self.onRing = onRing
        }

        override func ring() { onRing() }
    }

    private let alarm: Alarm
    private let bell: Bell

    fileprivate init(_ alarm: Alarm, _ limit: Duration, _ onRing: @escaping @Sendable () -> Void) {
        self.alarm = alarm
        bell = Bell(onRing)
        alarm.set(bell, after: limit.milliseconds)
    }

    package func cancel() {
        alarm.cancel(bell)
    }

    deinit {
        alarm.cancel(bell)
    }
}

extension CircuitBreaker {
    // The time, by the breaker's clock.
    package var now: Timestamp { clock.now }

    // By the breaker's clock.
    package func countdown(_ limit: Duration, _ onRing: @escaping @Sendable () -> Void) -> Countdown {
        Countdown(alarm, limit, onRing)
    }
}
