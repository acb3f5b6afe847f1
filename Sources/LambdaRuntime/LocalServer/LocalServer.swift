//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import NIOCore
import NIOHTTP1
import NIOPosix

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
        let bootstrap = ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandlers(
                        // What Lambda takes at most in a synchronous invocation.
                        NIOHTTPServerRequestAggregator(maxContentLength: 6 * 1024 * 1024),
                        LocalServerHandler(path: settings.path, queue: queue)
                    )
                }
            }
        do {
            let channel = try await bootstrap.bind(host: settings.host, port: settings.port).get()
            queue.onTermination = { _ in channel.close(promise: nil) }
            let port = channel.localAddress?.port ?? settings.port
            return LocalServer(url: "http://\(settings.host):\(port)\(settings.path)", requests: requests)
        } catch {
            throw RuntimeFailure.cannotListen(address: "\(settings.host):\(settings.port)", reason: RuntimeFailure.reason(error))
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
