//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import LocalFleet
import ServiceLifecycle
import Synchronization
import UnreliableService

// Calls the fleet as its HTTP API would, so many times a second, while somebody watches.
final class LoadGenerator: Service {
    static let mostUnderWay = 4000
    // A load that nobody watches any more ends.
    static let unwatchedLimit = Duration.seconds(30)

    private struct State {
        var schedule = LoadSchedule()
        var watchedAt = Timestamp.zero
        var underWay = 0
        var notSent = 0
    }

    private let fleet: LocalFleet
    private let clock: any CircuitClock
    private let state = Mutex(State())
    private let changed = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    init(fleet: LocalFleet, clock: any CircuitClock = WallClock()) {
        self.fleet = fleet
        self.clock = clock
    }

    // Calls a second, and calls that were not sent since too many were under way.
    var current: (callsPerSecond: Int, notSent: Int) {
        state.withLock { ($0.schedule.callsPerSecond, $0.notSent) }
    }

    func set(callsPerSecond: Int) {
        let now = clock.now
        state.withLock { state in
            state.schedule.set(callsPerSecond: callsPerSecond, at: now)
            state.watchedAt = now
        }
        changed.continuation.yield()
    }

    func watch() {
        let now = clock.now
        state.withLock { $0.watchedAt = now }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for await _ in self.changed.stream {
                    while let calls = self.take() {
                        for _ in 0..<calls { group.addTask { await self.call() } }
                        guard (try? await self.clock.sleep(for: .milliseconds(10))) != nil else { return }
                    }
                }
            }
        }
    }

    private func call() async {
        _ = await fleet.handle(ServiceRequest())
        state.withLock { $0.underWay -= 1 }
    }

    // How many calls to begin now; nil: none until somebody asks for a load again.
    private func take() -> Int? {
        let now = clock.now
        return state.withLock { state in
            if state.watchedAt.duration(to: now) > Self.unwatchedLimit { state.schedule.set(callsPerSecond: 0, at: now) }
            guard state.schedule.callsPerSecond > 0 else { return nil }
            let due = state.schedule.due(at: now)
            let calls = min(due, Self.mostUnderWay - state.underWay)
            state.underWay += calls
            state.notSent += due - calls
            return calls
        }
    }
}
