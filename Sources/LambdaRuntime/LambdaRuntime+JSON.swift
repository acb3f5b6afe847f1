//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

public import Logging

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension LambdaRuntime {
    /// Creates a runtime whose events and answers are JSON.
    ///
    /// - Parameter body: Handles one event. Invocations overlap only where Lambda is set to send several at once.
    public init<Event: Decodable & SendableMetatype, Output: Encodable & SendableMetatype>(
        body: @escaping @Sendable (Event, LambdaContext) async throws -> Output
    ) {
        self.init(initialize: { _ in }, body: { (event: Event, context, _: Void) in try await body(event, context) })
    }

    /// Creates a runtime whose events and answers are JSON, with a step for the init phase.
    ///
    /// - Parameters:
    ///   - initialize: Makes what the handler needs, once, in the init phase. If it throws, the error is reported to Lambda and the process ends.
    ///   - body: Handles one event. Invocations overlap only where Lambda is set to send several at once.
    public init<Event: Decodable & SendableMetatype, Output: Encodable & SendableMetatype, Resources: Sendable>(
        initialize: @escaping @Sendable (Logger) async throws -> Resources,
        body: @escaping @Sendable (Event, LambdaContext, Resources) async throws -> Output
    ) {
        self.init(
            initialize: initialize,
            decode: { try JSONDecoder().decode(Event.self, from: Data($0)) },
            encode: { [UInt8](try JSONEncoder().encode($0)) },
            body: body
        )
    }
}
