//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
public import CircuitBreaker
public import Logging

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension CircuitBreaker {
    /// Makes a breaker in the init phase of a Lambda function: settings and table from variables, the connection open, the first view fetched.
    ///
    /// ```swift
    /// let breaker = try await CircuitBreaker.forFunction("quotes", logger: logger)
    /// ```
    /// The table is that of CIRCUITBREAKER_TABLE. Outside Lambda, without that variable, the circuit is in the memory of the process, and the log says so.
    ///
    /// A table that cannot be read is logged, and the breaker works anyway, as `onStoreLoss` says.
    /// - Parameters:
    ///   - id: the circuit.
    ///   - base: what holds where no variable says otherwise.
    ///   - prefix: as of `Configuration(variables:prefix:base:)`.
    ///   - variables: the environment variables; nil: the process's.
    ///   - logger: the breaker's and the store's.
    /// - Returns: the breaker.
    /// - Throws: ``ConfigurationError`` or ``StoreError`` that names the setting that is missing or cannot be used.
    public static func forFunction(
        _ id: String,
        configuration base: Configuration = .init(),
        prefix: String? = nil,
        variables: [String: String]? = nil,
        logger: Logger
    ) async throws -> CircuitBreaker {
        let variables = variables ?? ProcessInfo.processInfo.environment
        let configuration = try Configuration(variables: variables, prefix: prefix, base: base)
        let breaker = try CircuitBreaker(id, store: store(variables, logger), configuration: configuration, logger: logger)
        do {
            try await breaker.prepare()
        } catch {
            logger.error("CircuitBreaker store: not ready", metadata: ["circuit": "\(id)", "error": "\(error)"])
        }
        return breaker
    }

    private static func store(_ variables: [String: String], _ logger: Logger) throws -> any CircuitStore {
        let environment = ProcessEnvironment(variables)
        if environment["CIRCUITBREAKER_TABLE"] == nil, environment["AWS_LAMBDA_FUNCTION_NAME"] == nil {
            logger.notice("CircuitBreaker store: no CIRCUITBREAKER_TABLE, so the circuit is in this process alone")
            return InMemoryStore()
        }
        _ = try StoreSettings(table: nil, region: nil, endpoint: nil, environment: environment)
        return DynamoDBStore(environment: environment, logger: logger)
    }
}
