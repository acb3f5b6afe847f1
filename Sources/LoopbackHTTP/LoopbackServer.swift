//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import NIOCore
import NIOHTTP1
import NIOPosix

// An HTTP server for programs on this machine; pages in a browser cannot use it.
package struct LoopbackServer: Sendable {
    package struct Settings: Sendable {
        package var host = "127.0.0.1"
        package var port: Int
        // A larger body is answered with 413.
        package var largestBody: Int
        // More connections are closed as they come.
        package var connections = 512

        package init(port: Int, largestBody: Int) {
            self.port = port
            self.largestBody = largestBody
        }
    }

    package let channel: any Channel

    package var port: Int { channel.localAddress?.port ?? 0 }

    // `deny` words the refusal of a caller who may not use the server.
    package static func start(
        _ settings: Settings,
        deny: @escaping @Sendable (_ reason: String) -> HTTPAnswer,
        respond: @escaping @Sendable (HTTPCall) -> Void
    ) async throws -> LoopbackServer {
        let room = ConnectionRoom(settings.connections)
        let bootstrap = ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 512)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try room.enter(channel)
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandlers(
                        NIOHTTPServerRequestAggregator(maxContentLength: settings.largestBody),
                        LoopbackHandler(deny: deny, respond: respond)
                    )
                }
            }
        // A numeric address asks no resolver, which a static executable does not have.
        if let numeric = try? SocketAddress(ipAddress: settings.host, port: settings.port) {
            return LoopbackServer(channel: try await bootstrap.bind(to: numeric).get())
        }
        return LoopbackServer(channel: try await bootstrap.bind(host: settings.host, port: settings.port).get())
    }
}
