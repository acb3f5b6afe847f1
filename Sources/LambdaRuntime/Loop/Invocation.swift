//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

/// One event and the way to answer it.
struct Invocation {
    let requestID: String
    let traceID: String
    let invokedFunctionARN: String
    let deadline: LambdaClock.Instant
    let payload: [UInt8]
    /// Sends the answer or the error; throws if it can no longer be delivered.
    let finish: (Result<[UInt8], ErrorReport>) async throws -> Void
}

/// Where invocations come from: the Runtime API or the local server.
protocol InvocationSource {
    /// Waits for the next invocation, for ever if need be; throws when there will be none.
    func next() async throws -> Invocation
}
