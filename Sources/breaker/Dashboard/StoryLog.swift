//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import LocalFleet
import Synchronization

// The story that all of a server's parts add to.
final class StoryLog: Sendable {
    private let story = Mutex(Story())
    private let clock: any CircuitClock

    init(clock: any CircuitClock = WallClock()) {
        self.clock = clock
    }

    func add(_ call: FleetCall) {
        story.withLock { $0.add(call) }
    }

    func see(underWay: Int) {
        let now = clock.now
        story.withLock { $0.see(underWay: underWay, at: now) }
    }

    // `isOperator`: not a request of the fleet's, and so not counted as one.
    func observe(_ store: any CircuitStore, isOperator: Bool = false) -> ObservedStore {
        ObservedStore(store) { [self] verb, record in
            let now = clock.now
            story.withLock { story in
                if !isOperator { story.countRequest(verb) }
                if let record { story.see(record, at: now) }
            }
        }
    }

    func frame(after cursor: Story.Cursor?, at now: Timestamp) -> (Story.Frame, StoryTotals) {
        story.withLock { ($0.frame(after: cursor, at: now), $0.totals) }
    }
}
