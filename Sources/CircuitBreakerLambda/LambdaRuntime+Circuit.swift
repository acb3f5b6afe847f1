//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
public import CircuitBreaker
import CircuitBreakerDynamoDB
public import LambdaRuntime

extension LambdaRuntime {
    /// Creates a runtime whose events and answers are JSON, with a breaker that is made in the init phase.
    ///
    /// The circuit is in the table of CIRCUITBREAKER_TABLE, settings come from variables, and the connection is open before the first event:
    /// see `CircuitBreaker.forFunction(_:configuration:prefix:variables:logger:)` of CircuitBreakerDynamoDB.
    /// - Parameters:
    ///   - id: the circuit.
    ///   - configuration: what holds where no variable says otherwise.
    ///   - body: Handles one event. Invocations overlap only where Lambda is set to send several at once.
    public init<Event: Decodable & SendableMetatype, Output: Encodable & SendableMetatype>(
        circuit id: String,
        configuration: CircuitBreaker.Configuration = .init(),
        body: @escaping @Sendable (Event, LambdaContext, CircuitBreaker) async throws -> Output
    ) {
        self.init(
            initialize: { logger in try await CircuitBreaker.forFunction(id, configuration: configuration, logger: logger) },
            body: body
        )
    }
}
