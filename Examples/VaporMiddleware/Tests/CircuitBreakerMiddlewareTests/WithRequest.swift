//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import NIOCore
import NIOPosix
import Vapor

// A request of an application of its own, which is shut down afterwards.
func withRequest<Value: Sendable>(_ body: (Request) async throws -> Value) async throws -> Value {
    let application = try await Application.make(.testing)
    let result: Result<Value, any Error>
    do {
        result = .success(try await body(Request(application: application, on: MultiThreadedEventLoopGroup.singleton.any())))
    } catch {
        result = .failure(error)
    }
    try await application.asyncShutdown()
    return try result.get()
}
