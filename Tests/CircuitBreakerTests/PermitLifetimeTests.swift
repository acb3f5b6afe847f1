//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerTesting
import Testing

// A permit keeps alive what it needs to be finished, whatever becomes of its breaker, and no longer.
@Suite("The lifetime of permits")
struct PermitLifetimeTests {
    private let clock = ManualClock()
    private let store: InMemoryStore

    init() {
        store = InMemoryStore(clock: clock)
    }

    private func breaker() async throws -> CircuitBreaker {
        let policy = TripPolicy.failures(1, within: .seconds(60), share: 0)
        let breaker = try CircuitBreaker("test", store: store, configuration: .init(policy: policy), clock: clock)
        await breaker.succeeds()
        return breaker
    }

    @Test("a permit whose breaker was dropped is finished as any other: its failure opens the circuit")
    func failsWithoutItsBreaker() async throws {
        var breaker: CircuitBreaker? = try await breaker()
        weak let dropped = breaker
        let permit = try await breaker!.permit()
        breaker = nil
        #expect(dropped == nil)
        await permit.fail()
        #expect(try await store.read("test", consistent: true)?.state == .open)
    }

    @Test("a breaker that gave permits to many threads goes when it is dropped, and its listeners come to their end when the last permit has gone")
    func ends() async throws {
        var breaker: CircuitBreaker? = try await breaker()
        weak let dropped = breaker
        let events = breaker!.events()
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask { [breaker] in
                    for _ in 0..<100 { try? await breaker!.permit().succeed() }
                }
            }
        }
        #expect(breaker!.counts.succeeded == 801)
        let last = try await breaker!.permit()
        breaker = nil
        #expect(dropped == nil)
        await last.cancel()
        var heard = 0
        for await event in events { if case .succeeded = event { heard += 1 } }
        #expect(heard <= 800)
    }
}
