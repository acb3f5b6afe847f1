//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// What the function calls, through its breaker. Throws when the call failed.
package protocol Dependency: Sendable {
    // How long one call may take; nil: as the breaker's configuration says.
    var timeLimit: Duration? { get }

    // The answer to a request that must not be passed on; the breaker does not hear of it.
    func refusal(of request: ServiceRequest) -> ServiceResponse?

    func call(_ request: ServiceRequest) async throws -> ServiceResponse
}

extension Dependency {
    package func refusal(of request: ServiceRequest) -> ServiceResponse? { request.refusal }
}
