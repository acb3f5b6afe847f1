//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import LoopbackHTTP
import NIOCore
import NIOHTTP1

/// Takes invocations from HTTP clients on this machine, for trying a function without Lambda.
struct LocalServer: InvocationSource, Sendable {
    /// An event that waits for its turn, and the way back to the client that sent it.
    struct Request: Sendable {
        let payload: [UInt8]
        let respond: @Sendable (Result<[UInt8], ErrorReport>) -> Void
    }

    /// As many events wait at most; each may have 6 MB.
    static let queueLimit = 100

    let url: String
    private let requests: AsyncStream<Request>

    static func start(_ settings: RuntimeSettings.LocalServer) async throws -> LocalServer {
        let (requests, queue) = AsyncStream.makeStream(of: Request.self, bufferingPolicy: .bufferingOldest(Self.queueLimit))
        // What Lambda takes at most in a synchronous invocation.
        var server = LoopbackServer.Settings(port: settings.port, largestBody: 6 * 1024 * 1024)
        server.host = settings.host
        do {
            let started = try await LoopbackServer.start(server) { reason in
                HTTPAnswer(.forbidden, ErrorReport(type: "AccessDenied", message: reason))
            } respond: { call in
                Self.take(call, path: settings.path, queue)
            }
            queue.onTermination = { _ in started.channel.close(promise: nil) }
            return LocalServer(url: "http://\(settings.host):\(started.port)\(settings.path)", requests: requests)
        } catch {
            throw RuntimeFailure.cannotListen(address: "\(settings.host):\(settings.port)", reason: RuntimeFailure.reason(error))
        }
    }

    /// Turns a request into an invocation, and its result into the answer.
    private static func take(_ call: HTTPCall, path: String, _ queue: AsyncStream<Request>.Continuation) {
        guard call.head.uri == path else { return call.answer(HTTPAnswer(.notFound)) }
        guard call.head.method == .POST else { return call.answer(HTTPAnswer(.methodNotAllowed, headers: ["Allow": "POST"])) }
        let place = queue.yield(
            Request(payload: call.body.map { Array($0.readableBytesView) } ?? []) { result in
                switch result {
                case .success(let body): call.answer(.json(.ok, ByteBuffer(bytes: body)))
                case .failure(let report): call.answer(HTTPAnswer(report.isMalformedEvent ? .badRequest : .internalServerError, report))
                }
            }
        )
        switch place {
        case .enqueued: break
        case .dropped:
            let report = ErrorReport(
                type: "TooManyRequestsException",
                message: "\(queueLimit) events wait already; send this one again when some are answered"
            )
            call.answer(HTTPAnswer(.tooManyRequests, report))
        default:
            let report = ErrorReport(type: "ServiceException", message: "the function has ended")
            call.answer(HTTPAnswer(.serviceUnavailable, report), keepsConnection: false)
        }
    }

    func next() async throws -> Invocation {
        for await request in requests {
            return Invocation(
                requestID: "local-" + String(UInt64.random(in: .min ... .max), radix: 16),
                traceID: "",
                invokedFunctionARN: "arn:aws:lambda:local:000000000000:function:local",
                // The longest that Lambda lets a function run.
                deadline: LambdaClock().now.advanced(by: .seconds(15 * 60)),
                payload: request.payload,
                finish: request.respond
            )
        }
        throw CancellationError()
    }
}

extension HTTPAnswer {
    fileprivate init(_ status: HTTPResponseStatus, _ report: ErrorReport) {
        self = .json(status, ByteBuffer(bytes: report.json))
    }
}
