//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import Foundation
import Logging
import Synchronization
import Testing

@testable import LambdaRuntime

/// Keeps log lines.
final class LogLines: Sendable {
    private let state = Mutex([String]())

    var sink: LambdaLogHandler.Sink {
        { line in self.state.withLock { $0.append(line) } }
    }

    var all: [String] { state.withLock { $0 } }
}

/// Serves `runtime` from `api` while `body` runs.
func serving<R>(
    _ runtime: LambdaRuntime,
    from api: MockRuntimeAPI,
    _ variables: [String: String] = [:],
    log: LogLines = LogLines(),
    while body: () async throws -> R
) async throws -> R {
    let task = start(runtime, from: api, variables, log: log)
    defer { task.cancel() }
    return try await body()
}

/// Serves `runtime` from `api` until it ends.
func start(
    _ runtime: LambdaRuntime,
    from api: MockRuntimeAPI,
    _ variables: [String: String] = [:],
    log: LogLines = LogLines()
) -> Task<Void, any Error> {
    let environment = Environment(variables.merging(["AWS_LAMBDA_RUNTIME_API": api.address]) { own, _ in own })
    return Task { try await runtime.serve(in: environment, sink: log.sink) }
}

/// The object that `text` is, if it is valid JSON.
func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
}

struct Order: Codable, Equatable {
    var item: String
    var count: Int?
}

struct OutOfStock: Error, CustomStringConvertible {
    var description: String
}
