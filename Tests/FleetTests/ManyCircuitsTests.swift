//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import FleetOrders
import Foundation
import MinistackSupport
import Testing

@Suite("A process with 10,000 circuits", .serialized, .timeLimit(.minutes(2)))
struct ManyCircuitsTests {
    @Test("called at once, they keep the requests under way within bounds, and no call is lost")
    func atOnce() async throws {
        let site = try await Site.shared
        let proxy = try await FaultProxy(site.server.url)
        let worker = try WorkerProcess(site.setup("many", uniqueID("many"), by: proxy))
        let empty = try await worker.ask(.report)
        for round in 1...3 {
            proxy.resetCounts()
            let reply = try await worker.ask(.callRegistry(circuits: 10_000, rounds: 1))
            #expect(reply.succeeded == 10_000)
            #expect(proxy.mostUnderWay <= 8)
            #expect(reply.warnings.count <= 1, "\(reply.warnings.prefix(3))")
            let added = reply.calls.map(\.added).sorted()
            print(
                "round \(round): \(proxy.requests) requests, at most \(proxy.mostUnderWay) at once; "
                    + "RSS \(empty.residentMemory) KiB before, \(reply.residentMemory) KiB after; "
                    + "calls p50 \(added[5_000]) p99 \(added[9_900]) max \(added[9_999]) µs; warnings \(reply.warnings)"
            )
            try await Task.sleep(for: .milliseconds(1_200))
        }
        try await proxy.stop()
    }
}
