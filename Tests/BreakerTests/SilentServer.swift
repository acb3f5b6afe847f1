//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import NIOCore
import NIOPosix

// Takes requests, and answers each with the same bytes, or never.
struct SilentServer {
    let port: Int
    private let channel: any Channel
    private let asked: AsyncStream<String>

    init(answer: String = "") async throws {
        let (asked, continuation) = AsyncStream.makeStream(of: String.self)
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Listener(asked: continuation, answer: answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
        self.asked = asked
    }

    // The bytes of the next request.
    func untilAsked() async -> String? {
        for await request in asked { return request }
        return nil
    }

    func close() async throws {
        try await channel.close()
    }

    private final class Listener: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        let asked: AsyncStream<String>.Continuation
        let answer: String

        init(asked: AsyncStream<String>.Continuation, answer: String) {
            self.asked = asked
            self.answer = answer
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            asked.yield(unwrapInboundIn(data).latin1)
            if !answer.isEmpty { context.writeAndFlush(NIOAny(ByteBuffer(latin1: answer)), promise: nil) }
        }
    }
}
