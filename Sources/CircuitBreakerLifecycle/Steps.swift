//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// Work for each of many breakers.
enum Steps {
    typealias Step = @Sendable () async -> Void

    // As many at once as a store's connections carry.
    private static let atOnce = 8

    static func run(_ steps: [Step]) async {
        await withDiscardingTaskGroup { group in
            for lane in 0..<min(atOnce, steps.count) {
                group.addTask {
                    for index in stride(from: lane, to: steps.count, by: atOnce) where !Task.isCancelled { await steps[index]() }
                }
            }
        }
    }

    // When the time is over, what has begun goes on, and nothing else begins. It is not cancelled with its caller.
    static func run(_ steps: [Step], within limit: Duration) async {
        let (ends, end) = AsyncStream.makeStream(of: Never.self)
        let work = Task {
            await run(steps)
            end.finish()
        }
        let timer = Task {
            try? await Task.sleep(for: limit)
            end.finish()
        }
        // In a task of its own, since a stream ends at once for a caller that is cancelled.
        await Task { for await _ in ends {} }.value
        timer.cancel()
        work.cancel()
    }
}
