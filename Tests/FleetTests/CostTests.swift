//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerDynamoDB
import CircuitBreakerTesting
import Foundation
import Logging
import MinistackSupport
import Testing

// What a fleet asks of the table, counted by a proxy before a real server. Time is a manual clock's: ten calls a second in each environment.
@Suite("Cost", .serialized, .timeLimit(.minutes(3)))
struct CostTests {
    private struct Broken: Error {}

    private struct Fleet {
        let clock = ManualClock()
        let proxy: FaultProxy
        let stores: [DynamoDBStore]
        let breakers: [CircuitBreaker]

        init(_ count: Int, openTime: Duration = .seconds(10)) async throws {
            let (circuit, site, clock) = (uniqueID("cost"), try await Site.shared, clock)
            let proxy = try await FaultProxy(site.server.url)
            stores = (0..<count).map { _ in site.store(by: proxy) }
            breakers = try stores.enumerated().map { number, store in
                try CircuitBreaker(
                    circuit,
                    store: store,
                    configuration: .init(recovery: .init(openTime: openTime, maximumOpenTime: max(openTime, .seconds(60)), jitter: 0, ramp: .zero)),
                    environment: EnvironmentID(rawValue: "e\(number)"),
                    clock: clock,
                    logger: Logger(label: "cost") { _ in SwiftLogNoOpLogHandler() }
                )
            }
            self.proxy = proxy
        }

        // One call of each environment, all at once, and a tenth of a second; how many were admitted.
        func tick(healthy: Bool) async -> Int {
            let admitted = await withTaskGroup { group in
                for breaker in breakers {
                    group.addTask {
                        let result = await breaker.result { () async throws in if !healthy { throw Broken() } }
                        return if case .failure(.rejected) = result { 0 } else { 1 }
                    }
                }
                return await group.reduce(0, +)
            }
            clock.advance(by: .milliseconds(100))
            return admitted
        }

        @discardableResult
        func run(_ ticks: Int, healthy: Bool = true) async -> Int {
            var admitted = 0
            for _ in 0..<ticks { admitted += await tick(healthy: healthy) }
            return admitted
        }

        // What was asked for since this was last called.
        func row(_ name: String, calls: Int) -> (reads: Int, writes: Int) {
            let (reads, writes) = (proxy.counts["GetItem"] ?? 0, proxy.counts["UpdateItem"] ?? 0)
            print("| \(name) | \(breakers.count) | \(calls) | \(reads) | \(writes) |")
            proxy.resetCounts()
            return (reads, writes)
        }

        func end() async throws {
            for store in stores { await store.shutdown() }
            try await proxy.stop()
        }
    }

    // A hundred seconds, and a view every four of them: 25 looks. Of a hundred, three are a report of successes instead, by chance. While nobody has written the record, which is
    // up to that chance too, a view is good for a second: so it is there from the beginning.
    @Test("healthy: a look every four seconds for 1,000 calls in a hundred")
    func healthy() async throws {
        let fleet = try await Fleet(1)
        try await fleet.breakers[0].reset()
        _ = fleet.row("a first record", calls: 0)
        #expect(await fleet.run(1_000) == 1_000)
        let row = fleet.row("healthy, 1,000 calls at 10/s", calls: 1_000)
        #expect((22...27).contains(row.reads + row.writes) && row.writes <= 8)
        try await fleet.end()
    }

    @Test("an outage of 50 environments, from the first failure until all have recovered")
    func outage() async throws {
        let fleet = try await Fleet(50)
        await fleet.run(20)
        _ = fleet.row("2 s healthy", calls: 20 * 50)

        var (ticks, admitted) = (0, 0)
        for _ in 0..<30 {
            let now = await fleet.tick(healthy: false)
            ticks += 1
            admitted += now
            if now == 0 { break }
        }
        let trip = fleet.row("trip, until all reject (\(admitted) calls let through)", calls: ticks * 50)
        // Within maxViewAge all know, and nobody reports more than it failed.
        #expect(ticks <= 12 && trip.writes <= admitted + 50)

        #expect(await fleet.run(80, healthy: false) == 0)
        let open = fleet.row("8 s OPEN", calls: 80 * 50)
        #expect(open.writes == 0 && open.reads <= 50 * 9)

        (ticks, admitted) = (0, 0)
        for _ in 0..<60 {
            let now = await fleet.tick(healthy: true)
            ticks += 1
            admitted += now
            if now == 50 { break }
        }
        let recovery = fleet.row("rest of OPEN and recovery, until all are admitted", calls: ticks * 50)
        #expect(fleet.breakers.allSatisfy { $0.view.state == .closed })
        #expect(recovery.writes <= 50 * 4, "a herd at the table")
        try await fleet.end()
    }

    @Test("a minute OPEN: reads alone, one for each environment and second at most")
    func openMinute() async throws {
        let fleet = try await Fleet(50, openTime: .seconds(90))
        for _ in 0..<30 where await fleet.tick(healthy: false) == 0 { break }
        fleet.proxy.resetCounts()
        #expect(await fleet.run(600, healthy: false) == 0)
        let row = fleet.row("a minute OPEN", calls: 600 * 50)
        #expect(row.writes == 0 && row.reads <= 50 * 60)
        try await fleet.end()
    }
}
