//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import Testing

@testable import FleetSimulator

// The model does what circuitbreaker-lambda 1.0.1 was seen to do.
@Suite struct CircuitBreakerLambdaTests {
    private typealias Item = CircuitBreakerLambda.Item

    private func world(_ scenario: Scenario, cacheTime: Milliseconds = 0, record: Item? = nil) -> World<CircuitBreakerLambda> {
        var world = World(scenario, CircuitBreakerLambda(scenario, cacheTime: cacheTime))
        if let record { world.store.versions.replace(with: record, at: 0) }
        return world
    }

    private static var open: Item { Item(state: .open, failureCount: 5, nextAttempt: Timestamp(milliseconds: 1), lastFailureTime: .zero) }

    @Test func fiftyFailuresAtOnceLeaveOne() throws {
        let scenario = Scenario.small(.together(50), environments: 50).with { $0.downstream.phases = [.init(.dead, from: 0, until: 60_000)] }
        var world = world(scenario)
        try world.run { _ in }
        #expect(world.store.versions.current?.failureCount == 1)
        #expect(world.store.versions.current?.state == .closed)
        #expect(world.record.figures.failed == 50)
    }

    @Test func fiftyEnvironmentsMakeFiftyProbesOfWhichOneSuccessIsLeft() throws {
        var world = world(.small(.together(50), environments: 50), record: Self.open)
        try world.run { _ in }
        #expect(world.record.figures.mostProbes == 50)
        #expect(world.store.versions.current?.successCount == 1)
        #expect(world.store.versions.current?.state == .halfOpen)
    }

    @Test func aSlowSuccessClosesAnOpenCircuit() throws {
        let failures = (1...5).map { Arrivals.Moment(time: 100 * Milliseconds($0)) }
        let scenario = Scenario.small(.listed([.init(time: 0)] + failures), environments: 6).with {
            $0.downstream.latency = .exactly(1500)
            $0.downstream.phases = [.init(.dead, from: 50, until: 60_000)]
        }
        var world = world(scenario)
        try world.run(until: 1000)
        #expect(world.store.versions.current?.state == .open)
        try world.run(until: 2000)
        #expect(world.store.versions.current?.state == .closed)
        #expect(world.store.versions.current?.failureCount == 0)
    }

    @Test func ABusyCacheNeverSeesThatTheFleetIsOpenAndOverwritesIt() throws {
        let calls = (0..<44).map { Arrivals.Moment(time: 50 * Milliseconds($0)) }
        let scenario = Scenario.small(.listed(calls), environments: 1).with { $0.downstream.latency = .exactly(10) }
        var world = world(scenario, cacheTime: 200)
        try world.run(until: 200)
        #expect(world.record.second.rejected == 0)
        let open = Item(state: .open, nextAttempt: Timestamp(milliseconds: .max))
        world.store.versions.replace(with: open, at: 200)
        try world.run { _ in }
        #expect(world.record.figures.succeeded == 44)
        #expect(world.record.figures.rejected == 0)
        #expect(world.store.versions.current?.state == .closed)
    }

    @Test(arguments: [Milliseconds(0), 60_000])
    func readsAndWritesOnEachCallAndWithACacheWritesStill(cacheTime: Milliseconds) throws {
        let scenario = Scenario.small(.steady(perSecond: 10), environments: 1, duration: 10_000)
        var world = world(scenario, cacheTime: cacheTime)
        try world.run { _ in }
        let reads = world.record.seconds.reduce(0) { $0 + $1.reads }
        let writes = world.record.seconds.reduce(0) { $0 + $1.writes }
        #expect((99...100).contains(writes))
        #expect(cacheTime == 0 ? (99...100).contains(reads) : reads == 1)
    }

    @Test func aPartitionCarriesNoMoreThanAThousandOfItsWritesASecond() throws {
        let scenario = Scenario.small(.poisson(perSecond: 2000), environments: 1000, duration: 20_000).with {
            $0.store.limits = .init()
        }
        let figures = try Simulation(scenario).run(.circuitBreakerLambda).figures
        #expect(figures.mostWriteUnits == 1000)
        #expect(figures.storeThrottled > 1000)
        #expect(figures.storeDelayPerCall > 20)
    }
}
