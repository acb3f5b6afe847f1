//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker
import CircuitBreakerDynamoDB
import Logging
import UnreliableService

extension UnreliableService {
    // What a function does in its init phase. A setting that cannot be used ends it; a store that cannot be reached does not, since calls go on without it.
    init(environment: [String: String], logger: Logger) async throws {
        let settings = try ServiceSettings(variables: environment)
        let variables = ProcessEnvironment(environment)
        _ = try StoreSettings(table: nil, region: nil, endpoint: nil, environment: variables)
        let breaker = try CircuitBreaker(
            settings.circuit,
            store: DynamoDBStore(environment: variables, logger: logger),
            configuration: settings.breaker,
            logger: logger
        )
        do {
            try await breaker.prepare()
        } catch {
            logger.error("CircuitBreaker store: not ready", metadata: ["circuit": "\(settings.circuit)", "error": "\(error)"])
        }
        self.init(breaker: breaker, dependency: settings.dependency, logger: logger)
    }
}
