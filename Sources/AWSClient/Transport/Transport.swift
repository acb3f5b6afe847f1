//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import AsyncHTTPClient
import HTTPGuard
import NIOCore
import NIOHTTP1

/// Sends HTTP/1.1 requests, on kept connections or on new ones.
final class Transport: Sendable {
    struct Limits: Sendable {
        var connectTimeout: Duration
        var idleTimeout: Duration
        var connections: Int
        var answerBytes: Int
    }

    /// On which connection a request goes.
    enum Route: Sendable {
        /// One that was kept after an earlier request, if there is one.
        case pooled
        /// One made for this request alone.
        case fresh
    }

    private let pooled: HTTPClient
    private let fresh: HTTPClient
    private let answerBytes: Int
    private let isOwner: Bool

    // The client is the caller's, who shuts it down; it has no second one for fresh connections.
    init(_ client: HTTPClient, answerBytes: Int) {
        (pooled, fresh) = (client, client)
        self.answerBytes = answerBytes
        isOwner = false
    }

    init(_ limits: Limits) {
        answerBytes = limits.answerBytes
        isOwner = true
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(limits.connectTimeout)),
            connectionPool: .init(
                idleTimeout: TimeAmount(limits.idleTimeout),
                concurrentHTTP1ConnectionsPerHostSoftLimit: limits.connections
            )
        )
        configuration.guardAnswers()
        configuration.connectionPool.retryConnectionEstablishment = false
        pooled = HTTPClient(configuration: configuration)
        configuration.maximumUsesPerConnection = 1
        fresh = HTTPClient(configuration: configuration)
    }

    deinit {
        guard isOwner else { return }
        // A client that was not shut down stops the process; when it was, these two fail, which is harmless.
        pooled.shutdown().whenComplete { _ in }
        fresh.shutdown().whenComplete { _ in }
    }

    /// Closes all connections.
    ///
    /// Requests under way fail.
    func shutdown() async {
        guard isOwner else { return }
        try? await pooled.shutdown()
        try? await fresh.shutdown()
    }

    /// Sends a request and reads the whole answer.
    ///
    /// - Parameters:
    ///   - call: The request.
    ///   - route: On which connection.
    ///   - delivery: Records when the body goes out.
    /// - Returns: The answer, whatever its status.
    /// - Throws: ``AWSError``, also when the task is cancelled.
    func send(_ call: HTTPCall, on route: Route, delivery: Delivery) async throws(AWSError) -> HTTPAnswer {
        var request = HTTPClientRequest(url: call.url)
        request.method = call.method
        request.headers = call.headers
        if !call.body.isEmpty {
            request.body = .stream(TrackedBody(bytes: call.body, delivery: delivery), length: .known(Int64(call.body.count)))
        }
        let response: HTTPClientResponse
        do {
            response = try await (route == .pooled ? pooled : fresh).execute(request, deadline: .distantFuture)
        } catch {
            throw AWSError(transport: error, sent: delivery.wasSent)
        }
        return HTTPAnswer(status: Int(response.status.code), headers: response.headers, body: try await read(response.body))
    }

    private func read(_ body: HTTPClientResponse.Body) async throws(AWSError) -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            for try await buffer in body {
                bytes += buffer.readableBytesView
                guard bytes.count <= answerBytes else { break }
            }
        } catch {
            throw Task.isCancelled ? AWSError(.cancelled, "cancelled") : AWSError(.badAnswer, "the answer was incomplete: \(error)")
        }
        guard bytes.count <= answerBytes else { throw AWSError(.badAnswer, "the answer is larger than \(answerBytes) bytes") }
        return bytes
    }
}
