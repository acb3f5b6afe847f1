//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

extension ServiceRequest {
    // Methods that are not passed on: a call would say nothing about the dependency, or harm it.
    var refusal: ServiceResponse? {
        guard isMethodToken else { return ServiceResponse(message: "The method is not a token as of RFC 9110", status: 400, outcome: .refused) }
        guard !["TRACE", "CONNECT"].contains(method.uppercased()) else {
            var response = ServiceResponse(message: "TRACE and CONNECT are not passed on", status: 405, outcome: .refused)
            response.headers["Allow"] = "GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE"
            return response
        }
        return nil
    }

    // Whether sending it twice does as much as sending it once (RFC 9110, 9.2.2).
    var isIdempotent: Bool { ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"].contains(method) }

    // Anything else would be a request of its own once it is written.
    private var isMethodToken: Bool {
        !method.isEmpty && method.utf8.allSatisfy { Self.tokenBytes.contains($0) }
    }

    private static let tokenBytes = Set("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
}
