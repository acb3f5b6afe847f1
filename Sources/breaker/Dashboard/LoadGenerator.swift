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

// Calls the fleet as its HTTP API would, so many times a second.
final class LoadGenerator: Service {
    private let fleet: LocalFleet
    private let clock: any CircuitClock
    private let schedule = Mutex(LoadSchedule())
    private let changed = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    init(fleet: LocalFleet, clock: any CircuitClock = WallClock()) {
        self.fleet = fleet
        self.clock = clock
    }

    var current: LoadSchedule { schedule.withLock { $0 } }

    func set(callsPerSecond: Int) {
        let now = clock.now
        schedule.withLock { $0.set(callsPerSecond: callsPerSecond, at: now) }
        changed.continuation.yield()
    }

    func watch() {
        let now = clock.now
        schedule.withLock { $0.watch(at: now) }
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
        schedule.withLock { $0.end() }
    }

    private func take() -> Int? {
        let now = clock.now
        return schedule.withLock { $0.take(at: now) }
    }
}
