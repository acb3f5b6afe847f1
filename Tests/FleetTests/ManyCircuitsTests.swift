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
    private static let count = 10_000

    @Test("called at once, they keep the requests under way within bounds, and a burst is no loss of the store")
    func burst() async throws {
        let site = try await Site.shared
        let proxy = try await FaultProxy(site.server.url)
        var setup = site.setup("many", uniqueID("many"), by: proxy)
        setup.storeTimeout = 10_000
        let worker = try WorkerProcess(setup)
        let empty = try await worker.ask(.report).residentMemory

        let known = try await worker.ask(.callRegistry(circuits: Self.count, width: 50))
        // A read for each; three in a hundred are followed by a report of successes.
        #expect(known.succeeded == Self.count && known.warnings.isEmpty)
        #expect((Self.count...Self.count + Self.count / 20).contains(proxy.requests), "\(proxy.requests) requests")
        show("50 at a time", known, empty, proxy)

        // Once no view is young enough.
        try await Task.sleep(for: .milliseconds(1_100))
        let burst = try await worker.ask(.callRegistry(circuits: Self.count, width: Self.count))
        #expect(burst.succeeded == Self.count && burst.warnings.isEmpty, "\(burst.warnings.prefix(2))")
        show("all at once", burst, empty, proxy)
        try await proxy.stop()
    }

    @Test("called at once before anything is known of them, no call is lost, and the log tells of it once at most")
    func coldBurst() async throws {
        let site = try await Site.shared
        let proxy = try await FaultProxy(site.server.url)
        let worker = try WorkerProcess(site.setup("cold", uniqueID("cold"), by: proxy))
        let empty = try await worker.ask(.report).residentMemory
        let burst = try await worker.ask(.callRegistry(circuits: Self.count, width: Self.count))
        #expect(burst.succeeded == Self.count)
        // One failure of a circuit's is no loss yet. If it is: that some are refused, and that some of the others waited for too long.
        #expect(burst.warnings.count <= 2, "\(burst.warnings.prefix(3))")
        show("cold, all at once", burst, empty, proxy)
        try await proxy.stop()
    }

    private func show(_ name: String, _ reply: WorkerReply, _ empty: Int, _ proxy: FaultProxy) {
        #expect(proxy.mostUnderWay <= 8)
        let added = reply.calls.map(\.added).sorted()
        print(
            "| \(name) | \(proxy.requests) requests | at most \(proxy.mostUnderWay) at once | RSS \(empty / 1024) MiB before, "
                + "\(reply.residentMemory / 1024) MiB after | calls p50 \(added[Self.count / 2]) p99 \(added[Self.count / 100 * 99]) max \(added.last ?? 0) µs |"
        )
        proxy.resetCounts()
    }
}
