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

/// A request to an HTTP API or a function URL, in payload format 2.0.
///
/// Only what says where a request is meant to go is required; API Gateway, function URLs and emulators differ in the rest.
public struct APIGatewayV2Request: Decodable, Sendable {
    /// What API Gateway adds to the request.
    public struct Context: Decodable, Sendable {
        /// The request line and the caller.
        public struct HTTP: Decodable, Sendable {
            /// The method, in capitals.
            public let method: String
            /// The path, with the stage.
            public let path: String?
            /// The address of the caller.
            public let sourceIP: String?
            /// The caller's `User-Agent`.
            public let userAgent: String?

            private enum CodingKeys: String, CodingKey {
                case method, path, userAgent
                case sourceIP = "sourceIp"
            }
        }

        /// The id of the API.
        public let apiID: String?
        /// The id of the request.
        public let requestID: String?
        /// The name of the stage.
        public let stage: String?
        /// The request line and the caller.
        public let http: HTTP

        private enum CodingKeys: String, CodingKey {
            case stage, http
            case apiID = "apiId"
            case requestID = "requestId"
        }
    }

    /// The body says it is base64, but is not.
    public struct InvalidBase64: Error, Equatable, CustomStringConvertible {
        /// What is wrong.
        public var description: String { "the event has isBase64Encoded, but its body is not base64" }
    }

    /// The route that matched, such as `GET /quotes/{id}` or `$default`.
    public let routeKey: String?
    /// The path, without the query.
    public let rawPath: String
    /// The query, without the question mark.
    public let rawQueryString: String
    /// The cookies.
    public let cookies: [String]
    /// The headers; values of the same name are joined by commas.
    public let headers: [String: String]
    /// The query, decoded; values of the same name are joined by commas.
    public let queryStringParameters: [String: String]
    /// What the route's variables stand for.
    public let pathParameters: [String: String]
    /// What API Gateway adds to the request.
    public let context: Context
    /// The body as it was sent, in base64 if ``isBase64Encoded``.
    public let body: String?
    /// Whether the body is in base64, which API Gateway uses for all but text and JSON.
    public let isBase64Encoded: Bool

    private enum CodingKeys: String, CodingKey {
        case routeKey, rawPath, rawQueryString, cookies, headers, queryStringParameters, pathParameters, body, isBase64Encoded
        case context = "requestContext"
    }

    /// Reads the event; what is absent or null and not required is empty.
    public init(from decoder: any Decoder) throws {
        let event = try decoder.container(keyedBy: CodingKeys.self)
        routeKey = try event.decodeIfPresent(String.self, forKey: .routeKey)
        rawPath = try event.decode(String.self, forKey: .rawPath)
        rawQueryString = try event.decodeIfPresent(String.self, forKey: .rawQueryString) ?? ""
        cookies = try event.decodeIfPresent([String].self, forKey: .cookies) ?? []
        headers = try event.decodeIfPresent([String: String].self, forKey: .headers) ?? [:]
        queryStringParameters = try event.decodeIfPresent([String: String].self, forKey: .queryStringParameters) ?? [:]
        pathParameters = try event.decodeIfPresent([String: String].self, forKey: .pathParameters) ?? [:]
        context = try event.decode(Context.self, forKey: .context)
        body = try event.decodeIfPresent(String.self, forKey: .body)
        isBase64Encoded = try event.decodeIfPresent(Bool.self, forKey: .isBase64Encoded) ?? false
    }

    /// The value of a header, whatever the case of its name.
    public func header(_ name: String) -> String? {
        let name = name.lowercased()
        return headers[name] ?? headers.first { $0.key.lowercased() == name }?.value
    }

    /// The bytes of the body; none if there is no body.
    ///
    /// - Throws: ``InvalidBase64`` if ``isBase64Encoded``, but the body is not.
    public func bodyBytes() throws -> [UInt8] {
        guard let body = self.body else { return [] }
        guard isBase64Encoded else { return Array(body.utf8) }
        guard let data = Data(base64Encoded: body) else { throw InvalidBase64() }
        return Array(data)
    }
}
