//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
public import Logging
public import NIOCore
public import NIOHTTP1

/// What the program runs in.
public enum Environment: Sendable {
    /// For tests.
    case testing
}

/// A server.
public final class Application: Sendable {
    /// Creates one.
    public static func make(_ environment: Environment) async throws -> Application { Application() }

    /// Ends it.
    public func asyncShutdown() async throws {}
}

/// A request.
public final class Request: Sendable {
    /// Logs what concerns it.
    public let logger = Logger(label: "request") { _ in SwiftLogNoOpLogHandler() }

    /// Creates one.
    public init(application: Application, on eventLoop: any EventLoop) {}
}

/// A response.
public final class Response: Sendable {
    /// Its status.
    public let status: HTTPResponseStatus
    /// Its header fields.
    public let headers: HTTPHeaders

    /// Creates one.
    public init(status: HTTPResponseStatus = .ok, headers: HTTPHeaders = .init()) {
        self.status = status
        self.headers = headers
    }
}

/// An error with a status.
public protocol AbortError: Error {
    /// The status.
    var status: HTTPResponseStatus { get }
}

/// An error with a status.
public struct Abort: AbortError {
    /// The status.
    public var status: HTTPResponseStatus

    /// Creates one.
    public init(_ status: HTTPResponseStatus) {
        self.status = status
    }
}

/// Answers requests.
public protocol AsyncResponder: Sendable {
    /// Answers a request.
    func respond(to request: Request) async throws -> Response
}

/// Stands between a request and what answers it.
public protocol AsyncMiddleware: Sendable {
    /// Answers a request, or has it answered.
    func respond(to request: Request, chainingTo next: any AsyncResponder) async throws -> Response
}
