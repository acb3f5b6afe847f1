//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker
import FleetOrders
import Foundation
import MinistackSupport
import NIOCore
import NIOHTTP1
import Testing

// I7: what a store that fails costs the calls, in processes that reach a real server by way of a faulty proxy.
@Suite("Faults of the store", .serialized, .timeLimit(.minutes(5)))
struct StoreFaultTests {
    static let (retryInterval, maxViewAge) = (100, 100)

    enum Fault: String, CaseIterable, Sendable {
        case none, throttling, serverError, reset, hangUp, blackHole, slow, tooSlow, answerLost, garbage, wrongTypes

        // Whether the store can still be used.
        var isHarmless: Bool { self == .none || self == .slow }

        // Milliseconds. On a busy machine any answer may take long: one that is to be in time has time.
        var storeTimeout: Int { isHarmless ? 5_000 : 200 }

        var ofProxy: FaultProxy.Fault? {
            switch self {
            case .none, .wrongTypes: nil
            case .throttling: .throttling
            case .serverError: .answer(.internalServerError, #"{"__type":"InternalServerError"}"#)
            case .reset: .reset
            case .hangUp: .hangUp
            case .blackHole: .silence
            case .slow: .delay(.milliseconds(50))
            case .tooSlow: .delay(.milliseconds(400))
            case .answerLost: .loseAnswer
            case .garbage: .answer(.ok, "<html>\u{0}\u{1F600}")
            }
        }
    }

    @Test("no call is delayed for long, and the fleet agrees again soon after", arguments: Fault.allCases)
    func fault(_ fault: Fault) async throws {
        let (circuit, site) = (uniqueID("fault"), try await Site.shared)
        let proxy = try await FaultProxy(site.server.url)
        let workers = try (0..<3).map { number in
            var setup = site.setup("e\(number)", circuit, by: proxy)
            setup.threshold = 1_000_000
            (setup.storeTimeout, setup.storeRetryInterval, setup.maxViewAge) = (fault.storeTimeout, Self.retryInterval, Self.maxViewAge)
            return try WorkerProcess(setup)
        }
        _ = try await workers.ask(.run(Load(.succeed)))
        proxy.inject(fault.ofProxy)
        if fault == .wrongTypes { try await site.server.put(circuit, ["cb_epoch": ["S": "x"], "cb_streak": ["L": []]], in: site.table) }
        let replies = try await workers.ask(.run(Load(.succeed, count: 1_000, width: 4, pause: 4_000, failEvery: 10)))

        for reply in replies {
            #expect(reply.succeeded == 900 && reply.failed == 100, "\(reply.rejected) rejected, \(reply.timedOut) timed out")
            let slowest = reply.calls.map(\.added).max() ?? 0
            #expect(slowest <= (fault.storeTimeout + 300) * 1_000, "a call was delayed by \(slowest) µs")
            #expect(reply.warnings.count <= (fault.isHarmless ? 0 : 1), "\(reply.warnings)")
        }
        print(Row(fault.rawValue, replies).text)

        proxy.inject(nil)
        if fault == .wrongTypes { try await site.server.delete(circuit, in: site.table) }
        let start = ContinuousClock.now
        let onlooker = try site.onlooker(circuit)
        try await onlooker.give(CircuitOrder(.forceOpen, by: "test", why: "to see who agrees"))
        let stopped = try await workers.ask(.run(Load(.succeed, count: nil, pause: 2_000, stopsWhenRejected: true)))
        let took = ContinuousClock.now - start
        #expect(stopped.allSatisfy { $0.rejected == 1 })
        // The cut-off doubles four times at most.
        #expect(took <= .milliseconds(Self.maxViewAge + 16 * Self.retryInterval + 1_000), "they agreed after \(took)")
        print("    all agree again after \(Int(took / .milliseconds(1))) ms")
        try await proxy.stop()
    }

    // Added latency in µs: of the calls that began before the loss was known, and of all later ones.
    private struct Row {
        var text: String

        init(_ name: String, _ replies: [WorkerReply]) {
            var (first, steady) = ([Int](), [Int]())
            for reply in replies {
                let end = reply.storeLostAt ?? (reply.calls.map(\.start).min() ?? 0) + 2_000 * StoreFaultTests.maxViewAge
                for call in reply.calls { if call.start <= end { first.append(call.added) } else { steady.append(call.added) } }
            }
            func column(_ values: [Int]) -> String {
                let sorted = values.sorted()
                func share(_ share: Double) -> Int { sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))] }
                return "\(sorted.count) calls p50 \(share(0.5)) p99 \(share(0.99)) max \(sorted.last ?? 0)"
            }
            text = "| \(name) | \(column(first)) | \(column(steady)) | lost: \(replies.allSatisfy { $0.storeLostAt != nil })"
        }
    }
}
