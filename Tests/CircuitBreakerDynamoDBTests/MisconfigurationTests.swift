//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker
import CircuitBreakerTesting
import Logging
import MinistackSupport
import StoreSupport
import Synchronization
import Testing

@testable import CircuitBreakerDynamoDB

// A typed error that names what is wrong and how to fix it.
@Suite(.timeLimit(.minutes(2))) struct MisconfigurationTests {
    static let variables = [
        "AWS_REGION": "eu-west-1", "AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b",
        "CIRCUITBREAKER_TABLE": "circuits", "AWS_EC2_METADATA_DISABLED": "true",
    ]

    @Test(arguments: [
        (["CIRCUITBREAKER_TABLE": ""], StoreError.Code.misconfigured, ["CIRCUITBREAKER_TABLE", "DynamoDBStore(table:)"]),
        (["CIRCUITBREAKER_TABLE": "a/b c"], .misconfigured, ["'a/b c'", "3 to 255"]), (["AWS_REGION": ""], .misconfigured, ["AWS_REGION"]),
        (["AWS_REGION": "nowhere at all"], .misconfigured, ["nowhere at all"]),
        (["AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""], .misconfigured, ["no credentials", "AWS_ACCESS_KEY_ID"]),
        (["AWS_SECRET_ACCESS_KEY": ""], .misconfigured, ["AWS_SECRET_ACCESS_KEY"]),
        (["AWS_ENDPOINT_URL": "nonsense"], .misconfigured, ["AWS_ENDPOINT_URL"]),
        ([:], .unavailable, ["the endpoint is http://127.0.0.1:1", "check it"]),
    ])
    func settings(changes: [String: String], code: StoreError.Code, words: [String]) async throws {
        let store = DynamoDBStore(environment: ProcessEnvironment(Self.variables.merging(changes) { $1 }))
        try await expect(store, code, words)
        await store.shutdown()
    }

    @Test func tableIsMissing() async throws {
        let table = try await Table.shared
        let store = DynamoDBStore(table: "nowhere", environment: ProcessEnvironment(table.variables))
        try await expect(store, .misconfigured, ["'nowhere'", "breaker table create --table nowhere"])
        await store.shutdown()
    }

    @Test(arguments: [("pk", "S", nil), ("id", "N", nil), ("id", "S", "sk")] as [(String, String, String?)])
    func keyIsAnother(key: String, type: String, sortKey: String?) async throws {
        let table = try await Table.shared
        let name = "key-\(key)-\(type)-\(sortKey ?? "none")"
        try await table.server.createTable(name, key: key, type: type, sortKey: sortKey)
        let store = DynamoDBStore(table: name, environment: ProcessEnvironment(table.variables))
        try await expect(store, .misconfigured, ["'\(name)'", "partition key 'id' of type S"])
        await store.shutdown()
    }

    @Test func accessIsDenied() async throws {
        let table = try await Table.shared
        let reader = try await table.server.user(allowedTo: ["dynamodb:Query"])
        let denied = table.store(reader)
        try await expect(denied, .misconfigured, ["dynamodb:GetItem", "dynamodb:UpdateItem", "'circuits'"])
        let wrongKey = table.store(["AWS_SECRET_ACCESS_KEY": "wrong"])
        try await expect(wrongKey, .misconfigured, ["check the credentials"])
        let unknownKey = table.store(["AWS_ACCESS_KEY_ID": "AKIAUNKNOWNUNKNOWN00"])
        try await expect(unknownKey, .misconfigured, ["check the credentials"])
        for store in [denied, wrongKey, unknownKey] { await store.shutdown() }
    }

    // By 20 circuits that are called for half a minute.
    @Test(arguments: [
        (["CIRCUITBREAKER_TABLE": ""], ["CIRCUITBREAKER_TABLE"]), (["AWS_REGION": ""], ["AWS_REGION"]),
        (["AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""], ["no credentials", "AWS_ACCESS_KEY_ID"]),
        ([:], ["the endpoint is http://127.0.0.1:1", "check it"]),
    ])
    func logTellsItOnce(changes: [String: String], words: [String]) async throws {
        try await expectOneLine(DynamoDBStore(environment: ProcessEnvironment(Self.variables.merging(changes) { $1 })), words)
    }

    @Test func logTellsOnceWhatTheServiceRefuses() async throws {
        let table = try await Table.shared
        let missing = DynamoDBStore(table: "nowhere", environment: ProcessEnvironment(table.variables))
        try await expectOneLine(missing, ["'nowhere'", "breaker table create"])
        let reader = try await table.server.user(allowedTo: ["dynamodb:Query"])
        try await expectOneLine(table.store(reader), ["dynamodb:GetItem", "dynamodb:UpdateItem"])
    }

    private func expectOneLine(_ store: DynamoDBStore, _ words: [String]) async throws {
        let (log, clock) = (Warnings(), ManualClock())
        let registry = try CircuitBreakerRegistry(store: store, clock: clock, logger: Logger(label: "test") { _ in log })
        // Twice, so that the store is lost by its own answers: a clock that is moved by hand overtakes those that no call waits for.
        for _ in 0..<2 {
            for number in 0..<20 { try? await registry.breaker(for: "misconfigured.\(number)").refresh() }
        }
        for _ in 0..<30 {
            for number in 0..<20 { #expect(try await registry.breaker(for: "misconfigured.\(number)").succeeds()) }
            clock.advance(by: .seconds(1))
        }
        let lines = log.lines.withLock { $0 }
        #expect(lines.count == 1, "\(lines)")
        for word in words { #expect(lines.first?.contains(word) == true, "\(lines)") }
        await store.shutdown()
    }

    @Test func callsGoOn() async throws {
        let store = DynamoDBStore(environment: ProcessEnvironment(Self.variables.merging(["CIRCUITBREAKER_TABLE": ""]) { $1 }))
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let breaker = try CircuitBreaker("payments", store: store, configuration: .init(policy: .failures(2, within: .seconds(60))), logger: logger)
        let error = await storeError { () async throws(StoreError) in try await breaker.prepare() }
        #expect(error.message.contains("CIRCUITBREAKER_TABLE"))
        #expect(await breaker.succeeds())
        for _ in 0..<2 { await breaker.fails() }
        #expect(await breaker.rejection() != nil, "nothing protects while the store is lost")
    }

    // By prepare and by every verb.
    private func expect(_ store: DynamoDBStore, _ code: StoreError.Code, _ words: [String]) async throws {
        let errors = [
            await storeError { () async throws(StoreError) in try await store.prepare() },
            await storeError { () async throws(StoreError) in try await store.read("x", consistent: true) },
            await storeError { () async throws(StoreError) in try await store.report(failures(1), to: "x") },
            await storeError { () async throws(StoreError) in try await store.change(transition(to: .open, from: .zero), of: "x") },
        ]
        for error in errors {
            #expect(error.code == code && !error.mayHaveBeenApplied, "\(error)")
            for word in words { #expect(error.message.contains(word), "\(error)") }
            #expect(!error.description.contains("\n"))
        }
    }
}

final class Warnings: LogHandler, Sendable {
    let lines = Mutex<[String]>([])

    subscript(metadataKey _: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .info }
        set {}
    }

    func log(event: LogEvent) {
        lines.withLock { $0.append("\(event.message) \(event.metadata ?? [:])") }
    }
}
