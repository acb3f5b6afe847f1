//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
public import HTTPTypes
@_exported import struct LambdaRuntime.APIGatewayV2Request

/// Headers of a request or a response.
public typealias HTTPHeaders = [String: String]

/// A response through an HTTP API.
public struct APIGatewayV2Response: Encodable, Sendable {
    private enum CodingKeys: CodingKey {
        case statusCode, headers, body, isBase64Encoded, cookies
    }

    /// The HTTP status.
    public var statusCode: HTTPResponse.Status
    /// The headers.
    public var headers: HTTPHeaders?
    /// The body.
    public var body: String?
    /// Whether the body is in base64.
    public var isBase64Encoded: Bool?
    /// One `Set-Cookie` header each.
    public var cookies: [String]?

    /// Creates a response.
    public init(
        statusCode: HTTPResponse.Status,
        headers: HTTPHeaders? = nil,
        body: String? = nil,
        isBase64Encoded: Bool? = nil,
        cookies: [String]? = nil
    ) {
        self.statusCode = statusCode
        self.headers = headers
        self.body = body
        self.isBase64Encoded = isBase64Encoded
        self.cookies = cookies
    }

    /// Writes the status as a number.
    public func encode(to encoder: any Encoder) throws {
        var response = encoder.container(keyedBy: CodingKeys.self)
        try response.encode(statusCode.code, forKey: .statusCode)
        try response.encodeIfPresent(headers, forKey: .headers)
        try response.encodeIfPresent(body, forKey: .body)
        try response.encodeIfPresent(isBase64Encoded, forKey: .isBase64Encoded)
        try response.encodeIfPresent(cookies, forKey: .cookies)
    }
}
