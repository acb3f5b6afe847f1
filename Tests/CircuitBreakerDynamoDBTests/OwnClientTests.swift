//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import AsyncHTTPClient
import CircuitBreaker
import CircuitBreakerLifecycle
import CircuitBreakerTesting
import Logging
import MinistackSupport
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import ServiceLifecycleTestKit
import StoreSupport
import Synchronization
import Testing

@testable import CircuitBreakerDynamoDB

// A store over the caller's client and the caller's credentials.
@Suite(.timeLimit(.minutes(2))) struct OwnClientTests {
    private struct Denied: Error {}

    private func withClient(_ body: (HTTPClient) async throws -> Void) async throws {
        let client = HTTPClient(configuration: HTTPClient.Configuration(redirectConfiguration: .disallow))
        let result: Result<Void, any Error>
        do { result = .success(try await body(client)) } catch { result = .failure(error) }
        try await client.shutdown()
        try result.get()
    }

    // The variables without keys: these come from the caller.
    private func store(_ table: Table, _ client: HTTPClient, _ credentials: @escaping @Sendable () async throws -> AWSCredentials) -> DynamoDBStore {
        let keys: Set = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]
        return DynamoDBStore(
            table: table.name,
            environment: ProcessEnvironment(table.variables.filter { !keys.contains($0.key) }),
            httpClient: client,
            credentials: ProvidedCredentials { try await credentials().credentials }
        ) {
            $0.timeLimit = .seconds(60)
        }
    }

    private func keys(of table: Table) throws -> AWSCredentials {
        AWSCredentials(
            accessKeyID: try #require(table.variables["AWS_ACCESS_KEY_ID"]),
            secretAccessKey: try #require(table.variables["AWS_SECRET_ACCESS_KEY"])
        )
    }

    @Test
    func `It works with both, asks for the keys once, and leaves the client running`() async throws {
        let table = try await Table.shared
        let keys = try keys(of: table)
        try await withClient { client in
            let asked = Mutex(0)
            let store = store(table, client) {
                asked.withLock { $0 += 1 }
                return keys
            }
            try await store.prepare()
            let id = uniqueID()
            _ = try await store.report(failures(1, at: now), to: id)
            #expect(try await store.read(id, consistent: true)?.window.buckets.count == 1)
            #expect(asked.withLock { $0 } == 1)
            await store.shutdown()
            let endpoint = try #require(table.variables["AWS_ENDPOINT_URL_DYNAMODB"])
            #expect(try await client.execute(HTTPClientRequest(url: endpoint), timeout: .seconds(60)).status.code < 600)
        }
    }

    @Test
    func `A provider that fails, and keys that are none, are errors without secrets`() async throws {
        let table = try await Table.shared
        try await withClient { client in
            let denied = store(table, client) { throw Denied() }
            let error = await #expect(throws: StoreError.self) { try await denied.prepare() }
            #expect("\(error.map { "\($0)" } ?? "")".contains("Denied"))
            let wrong = store(table, client) { AWSCredentials(accessKeyID: "a b", secretAccessKey: "top\nsecret") }
            let other = await #expect(throws: StoreError.self) { try await wrong.prepare() }
            #expect(!"\(other.map { "\($0)" } ?? "")".contains("secret"))
            let credentials = AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "top secret")
            #expect(!"\(credentials) \(String(reflecting: credentials))".contains("secret"))
        }
    }

    @Test
    func `As a service it opens the connection, and closes it at shutdown`() async throws {
        let table = try await Table.shared
        let store = table.store()
        await testGracefulShutdown { trigger in
            trigger.triggerGracefulShutdown()
            try? await store.run()
        }
        await #expect(throws: StoreError.self) { try await store.prepare() }
    }
}
