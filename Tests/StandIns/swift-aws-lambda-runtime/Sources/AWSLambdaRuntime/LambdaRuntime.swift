//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
public import Foundation
@_exported import struct LambdaRuntime.LambdaClock
@_exported import struct LambdaRuntime.LambdaContext
public import Logging
import Served

/// A handler that is a closure.
public struct ClosureHandler<Event: Decodable & SendableMetatype, Output: Encodable & SendableMetatype>: Sendable {
    // One invocation at a time.
    nonisolated(unsafe) let body: (Event, LambdaContext) async throws -> Output
}

/// The real one's names and signatures, over this project's runtime.
public final class LambdaRuntime<Handler: Sendable>: Sendable {
    private let served: ServedRuntime

    /// Creates a runtime whose events and answers are JSON.
    public init<Event, Output>(
        decoder: JSONDecoder = JSONDecoder(),
        encoder: JSONEncoder = JSONEncoder(),
        logger: Logger = Logger(label: "LambdaRuntime"),
        body: sending @escaping (Event, LambdaContext) async throws -> Output
    ) where Handler == ClosureHandler<Event, Output> {
        let handler = ClosureHandler(body: body)
        served = ServedRuntime { (event: Event, context) in
            // Made for this invocation, and used by nobody else.
            nonisolated(unsafe) let event = event
            return try await handler.body(event, context)
        }
    }

    /// Serves invocations for as long as the process lives.
    public func run() async throws {
        try await served.run()
    }
}
