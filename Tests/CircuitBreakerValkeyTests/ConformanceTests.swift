//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerTesting
import Testing
import ValkeySupport

@testable import CircuitBreakerValkey

@Suite("A store passes the suite for stores", .needsServer, .timeLimit(.minutes(2)))
struct ConformanceTests {
    @Test(arguments: StoreConformance.Rule.allCases)
    func conforms(rule: StoreConformance.Rule) async throws {
        let store = try await ValkeyServer.shared.store()
        try await StoreConformance(store).check(rule)
        await store.shutdown()
    }

    // The rights that the documentation names, and no others.
    @Test func conformsWithTheRightsItNeeds() async throws {
        let server = try await ValkeyServer.shared
        try await server.command(
            "ACL",
            "SETUSER",
            "circuits",
            "reset",
            "on",
            ">s3cret/@:",
            "~mine:*",
            "+ping",
            "+type",
            "+hlen",
            "+hgetall",
            "+hset",
            "+hdel",
            "+pexpireat",
            "+persist",
            "+eval",
            "+evalsha"
        )
        let store = ValkeyStore(url: "valkey://circuits:s3cret%2F%40%3A@127.0.0.1:\(server.port)?prefix=mine:", limits: .generous)
        try await store.prepare()
        try await StoreConformance(store).checkAll()
        await store.shutdown()
    }
}
