//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import LocalFleet
import NIOCore
import ServiceLifecycle

// Frames as server-sent events. One is made only when the last is written: whoever reads slowly gets fewer and fuller ones, and learns how many are late.
struct EventStream: AsyncSequence, Sendable {
    let listener: Listener
    let cursor: Story.Cursor?

    func makeAsyncIterator() -> Iterator {
        Iterator(listener: listener, cursor: cursor)
    }

    struct Iterator: AsyncIteratorProtocol {
        private static let standingEvery = 2

        let listener: Listener
        var cursor: Story.Cursor?
        var late: Int64 = 0
        var number = 0

        mutating func next() async throws -> ByteBuffer? {
            let dashboard = listener.dashboard
            let clock = dashboard.clock
            if number > 0 {
                // Soon after the slice is over.
                let width = Story.sliceWidth
                try await clock.sleep(for: .milliseconds(width - clock.now.milliseconds % width + 5))
            }
            guard !Task.isCancelled, !Task.isShuttingDownGracefully else { return nil }
            dashboard.load.watch()
            let now = clock.now
            dashboard.log.see(underWay: dashboard.fleet.counts.busy)
            let (frame, totals) = dashboard.log.frame(after: cursor, at: now)
            if let cursor, number > 0, !frame.isWhole { late += Swift.max(0, frame.cursor.slice - cursor.slice - 1) }
            cursor = frame.cursor
            let json = await dashboard.json(frame, totals, late: late, withFleet: number % Self.standingEvery == 0, at: now)
            var text = number == 0 ? "retry: 500\nevent: hello\ndata: \(dashboard.hello)\n\n" : ""
            text += "id: \(dashboard.instance):\(frame.cursor.slice):\(frame.cursor.event)\ndata: \(json)\n\n"
            number += 1
            return ByteBuffer(string: text)
        }
    }
}
