//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerDynamoDB
import CircuitBreakerTesting
import Logging
import StoreSupport

struct Broken: Error {}

// Environments of one circuit, each with a store of its own, under one manual clock.
struct Fleet {
    let table: Table
    let id: String
    let clock = ManualClock()
    let stores: [DynamoDBStore]
    let breakers: [CircuitBreaker]

    init(_ count: Int, id: String = uniqueID("fleet")) async throws {
        let table = try await Table.shared
        let stores = (0..<count).map { _ in table.store() }
        let clock = clock
        breakers = try stores.enumerated().map { number, store in
            try CircuitBreaker(
                id,
                store: store,
                // A bare count: whether a success is reported is a matter of chance, and so of the circuit's random name. The rest is as ever known too.
                configuration: .init(
                    policy: .failures(3, within: .seconds(60), share: 0),
                    recovery: .init(jitter: 0, ramp: .zero),
                    sharing: .init(maxHealthyViewAge: .seconds(1), lookBeside: .zero)
                ),
                environment: EnvironmentID(rawValue: "e\(number)"),
                clock: clock,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
        }
        self.table = table
        self.stores = stores
        self.id = id
    }

    subscript(_ index: Int) -> CircuitBreaker { breakers[index] }

    var v1: V1Breaker { V1Breaker(table: table, id: id, clock: clock) }

    func record() async throws -> CircuitRecord {
        try await stores[0].read(id, consistent: true) ?? CircuitRecord()
    }

    func trip(_ index: Int = 0) async {
        for _ in 0..<3 { await breakers[index].fails() }
    }

    // Past the time for which a view is good.
    func ageViews() {
        clock.advance(by: .milliseconds(1001))
    }

    func shutdown() async {
        for store in stores { await store.shutdown() }
    }
}

extension CircuitBreaker {
    @discardableResult
    func succeeds() async -> Bool {
        (try? await run { 1 }) == 1
    }

    func fails() async {
        _ = try? await run { () async throws in throw Broken() }
    }

    func rejection() async -> Rejection? {
        if case .failure(.rejected(let rejection)) = await result(of: { 1 }) { rejection } else { nil }
    }
}
