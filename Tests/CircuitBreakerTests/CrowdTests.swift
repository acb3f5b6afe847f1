//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import Synchronization
import Testing

// More calls at once than a machine can serve in time: that is no fault of the store.
@Suite("Crowds", .timeLimit(.minutes(2)))
struct CrowdTests {
    private struct Broken: Error {}

    // As a store on a network answers: after a while, on another thread.
    private struct NetworkStore: CircuitStore {
        let memory = InMemoryStore()

        func read(_ id: String, consistent: Bool) async throws(StoreError) -> CircuitRecord? {
            await pause()
            return try await memory.read(id, consistent: consistent)
        }

        func report(_ report: CircuitReport, to id: String) async throws(StoreError) -> ReportResult {
            await pause()
            return try await memory.report(report, to: id)
        }

        func change(_ change: CircuitChange, of id: String) async throws(StoreError) -> ChangeResult {
            await pause()
            return try await memory.change(change, of: id)
        }

        private func pause() async {
            for _ in 0..<8 { await Task.yield() }
        }
    }

    @Test("50,000 calls at once lose no healthy store", arguments: [false, true])
    func fiftyThousand(failing: Bool) async throws {
        let breaker = try CircuitBreaker("crowd", store: NetworkStore(), policy: .failures(100_000, within: .seconds(60)))
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<50_000 {
                group.addTask {
                    _ = await breaker.result { () async throws in
                        var sum = 0
                        for value in 0..<20_000 { sum &+= value ^ number }
                        if failing || sum == .min { throw Broken() }
                    }
                }
            }
        }
        let counts = breaker.counts
        #expect(counts.storeFailures == 0, "\(counts)")
        #expect(counts.succeeded + counts.failed == 50_000)
    }
}
