//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

/// What is asked of a service, before it is signed.
public struct AWSRequest: Sendable {
    /// What to do with what the path names.
    public enum Method: String, Sendable {
        /// Read it.
        case GET
        /// Give it something.
        case POST
        /// Put it in place, or change it.
        case PUT
    }

    let method: Method
    let path: String
    let headers: [(String, String)]
    let body: [UInt8]

    init(method: Method, path: String, headers: [(String, String)], body: [UInt8]) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
    }

    /// Creates a request to a service that speaks REST with JSON.
    ///
    /// - Parameters:
    ///   - method: What to do.
    ///   - parts: The parts of the path, as they are; each is escaped.
    ///   - body: The input; nil for none.
    public init(_ method: Method, _ parts: [String], body: JSON? = nil) {
        self.init(
            method: method,
            path: "/" + parts.map { SigningRequest.percentEncode($0, keeping: "") }.joined(separator: "/"),
            headers: body == nil ? [] : [("Content-Type", "application/json")],
            body: body?.bytes ?? []
        )
    }
}
