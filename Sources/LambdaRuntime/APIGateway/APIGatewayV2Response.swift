//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A response through an HTTP API or a function URL, in payload format 2.0.
public struct APIGatewayV2Response: Encodable, Sendable, Equatable {
    /// The HTTP status.
    public var statusCode: Int
    /// The headers.
    public var headers: [String: String]?
    /// The body, in base64 if ``isBase64Encoded``.
    public var body: String?
    /// Whether the body is in base64.
    public var isBase64Encoded: Bool?
    /// One `Set-Cookie` header each.
    public var cookies: [String]?

    /// Creates a response; with a body that is text.
    public init(statusCode: Int, headers: [String: String]? = nil, body: String? = nil, cookies: [String]? = nil) {
        self.statusCode = statusCode
        self.headers = headers
        self.body = body
        self.cookies = cookies
    }

    /// Creates a response with a body of any bytes.
    public init(statusCode: Int, headers: [String: String]? = nil, bytes: [UInt8], cookies: [String]? = nil) {
        self.init(statusCode: statusCode, headers: headers, body: Data(bytes).base64EncodedString(), cookies: cookies)
        isBase64Encoded = true
    }
}
