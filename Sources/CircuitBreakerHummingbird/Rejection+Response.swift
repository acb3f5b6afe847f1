//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
public import CircuitBreaker
import HTTPTypes
public import Hummingbird

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

// RFC 9457.
struct ProblemDetails: Encodable {
    // The status says it all.
    var type = "about:blank"
    var title: String
    var status: Int
    var detail: String
}

extension Response {
    static func json(_ value: some Encodable, as type: String, _ status: HTTPResponse.Status, to request: Request) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body = ByteBuffer(bytes: try encoder.encode(value))
        let headers: HTTPFields = [.contentType: type, .contentLength: "\(body.readableBytes)", .cacheControl: "no-store"]
        let response = Response(status: status, headers: headers, body: .init(byteBuffer: body))
        return request.method == .head ? response.createHeadResponse() : response
    }

    static func problem(_ status: HTTPResponse.Status, _ detail: String, to request: Request) throws -> Response {
        let problem = ProblemDetails(title: status.reasonPhrase, status: status.code, detail: detail)
        return try json(problem, as: "application/problem+json", status, to: request)
    }
}

/// A rejection that reaches the router is an answer.
extension Rejection: HTTPResponseError {
    /// 503.
    public var status: HTTPResponse.Status { .serviceUnavailable }

    /// 503 with `Retry-After` and problem details, which say nothing about the circuit.
    /// - Parameter request: what is answered.
    /// - Returns: the answer.
    /// - Throws: what the encoder throws, which it does not for these texts.
    public func response(to request: Request) throws -> Response {
        let detail = "What this depends on is not available at the moment. Try again in \(retryAfterSeconds) s."
        var response = try Response.problem(status, detail, to: request)
        response.headers[.retryAfter] = "\(retryAfterSeconds)"
        return response
    }

    /// The same, for the router.
    public func response(from request: Request, context: some RequestContext) throws -> Response {
        try response(to: request)
    }
}

/// What `run` throws of its own is an answer when it reaches the router.
extension CircuitBreakerError: HTTPResponseError {
    /// 503 for a rejection, 504 for a call that timed out.
    public var status: HTTPResponse.Status {
        switch self {
        case .rejected(let rejection): rejection.status
        case .timedOut: .gatewayTimeout
        }
    }

    /// The status with problem details, and with `Retry-After` for a rejection.
    public func response(from request: Request, context: some RequestContext) throws -> Response {
        switch self {
        case .rejected(let rejection): try rejection.response(to: request)
        case .timedOut: try .problem(status, "What this depends on did not answer in time.", to: request)
        }
    }
}
