//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import CircuitBreaker

// Which environment handles a request, as Lambda places it: one request at a time each, the most recently used first, a new one when all are busy.
// A value: it decides, and its owner acts.
package struct EnvironmentPool: Hashable, Sendable {
    package struct Idle: Hashable, Sendable {
        package var number: Int
        package var since: Timestamp
    }

    package enum Placement: Hashable, Sendable {
        case reuse(Int)
        case start(Int)
        // All environments are busy, and there may not be more.
        case throttle
    }

    package struct InvokeAction: Hashable, Sendable {
        package var placement: Placement
        // These have been idle for too long and are gone.
        package var recycled: [Int]
    }

    package let capacity: Int
    package let idleLimit: Duration
    package private(set) var busy: Set<Int> = []
    // The most recently used last.
    package private(set) var idle: [Idle] = []
    package private(set) var started = 0
    package private(set) var recycled = 0
    package private(set) var throttled = 0
    package private(set) var mostAtOnce = 0

    package init(capacity: Int, idleLimit: Duration) {
        self.capacity = capacity
        self.idleLimit = idleLimit
    }

    package mutating func invoke(at now: Timestamp) -> InvokeAction {
        let recycled = recycle(at: now)
        if let warm = idle.popLast() {
            busy.insert(warm.number)
            return InvokeAction(placement: .reuse(warm.number), recycled: recycled)
        }
        guard busy.count < capacity else {
            throttled += 1
            return InvokeAction(placement: .throttle, recycled: recycled)
        }
        started += 1
        busy.insert(started)
        mostAtOnce = max(mostAtOnce, busy.count)
        return InvokeAction(placement: .start(started), recycled: recycled)
    }

    package mutating func release(_ number: Int, at now: Timestamp) {
        guard busy.remove(number) != nil else { return }
        // A clock that was set back must not make an environment older than those that were released before it.
        idle.append(Idle(number: number, since: max(now, idle.last?.since ?? now)))
    }

    // There are no timers: environments that have been idle for too long are removed with the next call.
    package mutating func recycle(at now: Timestamp) -> [Int] {
        let gone = idle.prefix { $0.since.duration(to: now) >= idleLimit }.map(\.number)
        idle.removeFirst(gone.count)
        recycled += gone.count
        return gone
    }
}
