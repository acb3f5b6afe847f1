//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerTesting
import Logging
import Testing

@Suite("Clocks that are ahead")
struct FastClockTests {
    private func breaker(_ name: String, _ store: InMemoryStore, _ clock: ManualClock) throws -> CircuitBreaker {
        try CircuitBreaker(
            "test",
            store: store,
            configuration: .init(policy: .failures(20, within: .seconds(60))),
            environment: EnvironmentID(rawValue: name),
            clock: clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    @Test("I1: one clock that is ahead does not delete what thirty others count", arguments: [75, 3600, 86400])
    func oneAhead(seconds: Int) async throws {
        let right = ManualClock()
        let ahead = ManualClock(now: right.now.advanced(by: .seconds(seconds)))
        let store = InMemoryStore(clock: right)
        let fleet = try (0..<30).map { try breaker("e\($0)", store, right) }
        let fast = try breaker("fast", store, ahead)
        var failures = 0
        while try await store.read("test", consistent: true)?.state ?? .closed == .closed, failures < 100 {
            await fleet[failures % 30].fails()
            if failures % 15 == 0 { await fast.fails() }
            failures += 1
            right.advance(by: .seconds(1))
            ahead.advance(by: .seconds(1))
        }
        #expect(failures <= 20, "failures of right clocks until the circuit opened")
    }

    @Test("slices of a fleet that has gone on are forgotten, however long one environment lives alone")
    func bounded() async throws {
        let clock = ManualClock()
        let store = InMemoryStore(clock: clock)
        let (first, other) = (try breaker("first", store, clock), try breaker("other", store, clock))
        await other.fails()
        for _ in 0..<200 {
            await first.fails()
            clock.advance(by: .seconds(7))
        }
        let slices = try await store.read("test", consistent: true)?.window.buckets.count ?? 0
        #expect((8...13).contains(slices), "\(slices)")
    }
}
