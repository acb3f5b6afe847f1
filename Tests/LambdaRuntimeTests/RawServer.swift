//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import NIOCore
import NIOPosix
import Synchronization

/// Answers one request after another with given bytes, whatever is asked, and closes the connection after the last.
struct RawServer: Sendable {
    let address: String
    private let state: State

    init(answers: [String]) async throws {
        let state = State(answers: answers)
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Handler(state: state)) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        address = "127.0.0.1:\(channel.localAddress?.port ?? 0)"
        self.state = state
    }

    var requestCount: Int { state.requestCount.withLock { $0 } }

    private final class State: Sendable {
        let answers: [String]
        let requestCount = Mutex(0)

        init(answers: [String]) {
            self.answers = answers
        }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let state: State

        init(state: State) {
            self.state = state
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard String(buffer: Self.unwrapInboundIn(data)).contains(" HTTP/1.1\r\n") else { return }
            let index = state.requestCount.withLock { count in
                count += 1
                return count - 1
            }
            let channel = context.channel
            let answers = state.answers
            let sent = channel.writeAndFlush(ByteBuffer(string: answers[min(index, answers.count - 1)]))
            if index >= answers.count - 1 { sent.whenComplete { _ in channel.close(promise: nil) } }
        }
    }
}
