//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// Calls another dependency without the caller's credentials: with these, it could call us in the caller's name.
package struct AnonymousDependency: Dependency {
    private static let identity = ["Authorization", "X-Amz-Security-Token"]

    private let dependency: any Dependency

    package init(_ dependency: any Dependency) {
        self.dependency = dependency
    }

    package var timeLimit: Duration? { dependency.timeLimit }

    package func refusal(of request: ServiceRequest) -> ServiceResponse? { dependency.refusal(of: request) }

    package func call(_ request: ServiceRequest) async throws -> ServiceResponse {
        var request = request
        for name in Self.identity { request.headers[name] = nil }
        return try await dependency.call(request)
    }
}

extension ServiceSettings {
    // What the function calls.
    package var dependency: any Dependency {
        guard let upstream else { return UnreliableDependency(successProbability: successProbability, latency: latency) }
        return dependency(on: UpstreamDependency(upstream, timeLimit: upstreamTimeout))
    }

    // The upstream, as callers may see it.
    package func dependency(on upstream: UpstreamDependency) -> any Dependency {
        upstreamAuthorization == .pass ? upstream : AnonymousDependency(upstream)
    }
}
