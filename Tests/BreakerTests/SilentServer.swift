//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import NIOCore
import NIOPosix

// Takes requests, and never answers.
struct SilentServer {
    let port: Int
    private let channel: any Channel
    private let asked: AsyncStream<Void>

    init() async throws {
        let (asked, continuation) = AsyncStream.makeStream(of: Void.self)
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Listener(asked: continuation)) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
        self.asked = asked
    }

    func untilAsked() async throws {
        for await _ in asked { return }
    }

    func close() async throws {
        try await channel.close()
    }

    private final class Listener: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        let asked: AsyncStream<Void>.Continuation

        init(asked: AsyncStream<Void>.Continuation) {
            self.asked = asked
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            asked.yield()
        }
    }
}
