//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AsyncHTTPClient
import CircuitBreaker
import CircuitBreakerDynamoDB
import CircuitBreakerLifecycle
import Logging
import ServiceLifecycle
import UnixSignals

// The code of the article *Servers*, which `scripts/check-code` compares with it.

func serve(_ server: any Service, _ logger: Logger) async throws {
    let store = DynamoDBStore(table: "circuits", logger: logger)
    let payments = try CircuitBreaker("payments", store: store, logger: logger)
    let circuits = CircuitBreakerService([payments], logger: logger)
    let group = ServiceGroup(services: [store, circuits, server], gracefulShutdownSignals: [.sigterm], logger: logger)
    try await group.run()
}

struct VaultKeys: Sendable {
    var id: String
    var secret: String
    var token: String?
    var expiration: Int64?
}

protocol Vault: Sendable {
    func keys() async throws -> VaultKeys
}

func ownClient(_ client: HTTPClient, _ vault: any Vault, _ logger: Logger) -> DynamoDBStore {
    let store = DynamoDBStore(
        httpClient: client,
        credentials: {
            let keys = try await vault.keys()
            return AWSCredentials(accessKeyID: keys.id, secretAccessKey: keys.secret, sessionToken: keys.token, expiration: keys.expiration)
        },
        table: "circuits",
        logger: logger
    )
    return store
}
