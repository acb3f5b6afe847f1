//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import Synchronization
import Testing

@testable import AWSClient

@Suite(.timeLimit(.minutes(1))) struct CallQueueTests {
    private final class Log: Sendable {
        let order = Mutex<[Int]>([])
        let underWay = Mutex((now: 0, most: 0))
    }

    @Test func turnsAreGivenInOrder() async throws {
        let queue = CallQueue(underWay: 1, waiting: 10)
        try await queue.enter()
        let log = Log()
        await withTaskGroup { group in
            for number in 0..<10 {
                group.addTask {
                    guard (try? await queue.enter()) != nil else { return }
                    log.order.withLock { $0.append(number) }
                    queue.leave()
                }
                while queue.waiting < number + 1 { await Task.yield() }
            }
            queue.leave()
        }
        #expect(log.order.withLock { $0 } == Array(0..<10))
    }

    @Test func neverMoreThanTheMostAreUnderWay() async {
        let queue = CallQueue(underWay: 3, waiting: 1_000)
        let log = Log()
        await withTaskGroup { group in
            for _ in 0..<500 {
                group.addTask {
                    guard (try? await queue.enter()) != nil else { return }
                    log.underWay.withLock {
                        $0.now += 1
                        $0.most = max($0.most, $0.now)
                    }
                    await Task.yield()
                    log.underWay.withLock { $0.now -= 1 }
                    queue.leave()
                }
            }
        }
        #expect(log.underWay.withLock { $0.most } == 3)
    }

    @Test func tooManyAreRefusedAtOnce() async throws {
        let queue = CallQueue(underWay: 2, waiting: 1)
        for _ in 0..<3 { try queue.takePlace() }
        let error = try await failure { try queue.takePlace() }
        #expect(error.code == .busy && !error.mayHaveBeenApplied)
        queue.giveUpPlace()
        try queue.takePlace()
    }

    @Test func aCancelledCallLeavesTheQueue() async throws {
        let queue = CallQueue(underWay: 1, waiting: 1)
        try await queue.enter()
        let waiting = Task { try await failure { try await queue.enter() } }
        while queue.waiting == 0 { await Task.yield() }
        waiting.cancel()
        #expect(try await waiting.value.code == .cancelled)
        #expect(queue.waiting == 0)
        let late = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await failure { try await queue.enter() }
        }
        late.cancel()
        #expect(try await late.value.code == .cancelled)
        queue.leave()
        try await queue.enter()
    }
}
