//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import FleetOrders
import Foundation
import Testing

// What a request takes on one machine, printed for the article on Valkey. The stand-in for DynamoDB is no measure of DynamoDB: it shows what the client adds.
@Suite("A round trip", .serialized, .timeLimit(.minutes(3)))
struct RoundTripTests {
    @Test("of a read, of a report and of a change that is lost, with no history and with a full one", arguments: SharedStore.here)
    func latency(store kind: SharedStore) async throws {
        let (site, circuit) = (try await kind.site, uniqueID("trip"))
        let store = site.newStore()
        let count = kind == .valkey ? 5_000 : 300
        for history in [0, HistoryEntry.limit] {
            let onlooker = try site.onlooker(circuit)
            for number in 0..<history {
                try await onlooker.reset(by: "an operator", why: "to fill the history, \(number)")
                try await onlooker.give(CircuitOrder(.observe, by: "an operator", why: "to fill the history, \(number)"))
            }
            let epoch = try await store.read(circuit, consistent: true)?.epoch ?? .zero
            let now = WallClock().now
            let report = CircuitReport(epoch: epoch, buckets: [.init(start: now, tally: .init(failures: 1))], streak: .add(1), lastFailure: now)
            let refused = CircuitChange(.countSuccess, if: .init(epoch: Epoch(rawValue: 7)))
            try await show("\(kind), history \(history): read", count) { _ = try await store.read(circuit, consistent: false) }
            try await show("\(kind), history \(history): report", count) {
                let result = try await store.report(report, to: circuit)
                if case .refused = result { Issue.record("\(result)") }
            }
            try await show("\(kind), history \(history): change that is lost", count) { _ = try await store.change(refused, of: circuit) }
        }
        await site.close(store)
    }

    private func show(_ name: String, _ count: Int, _ body: () async throws -> Void) async throws {
        for _ in 0..<20 { try await body() }
        let clock = ContinuousClock()
        var took: [Duration] = []
        for _ in 0..<count {
            let start = clock.now
            try await body()
            took.append(clock.now - start)
        }
        took.sort()
        func share(_ share: Double) -> Int { Int(took[min(count - 1, Int(Double(count) * share))] / .microseconds(1)) }
        print("| \(name) | p50 \(share(0.5)) µs | p99 \(share(0.99)) µs |")
    }
}
