//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

// Answers the first request with an empty object, and all others as the test says.
final class FaultyServer: Sendable {
    enum Fault: Sendable {
        case hangUp
        case silence
        case answer(HTTPResponseStatus, String)
    }

    private let channel: any Channel
    private let count: Counter

    private final class Counter: Sendable {
        let requests = Atomic<Int>(0)
    }

    init(_ fault: Fault) async throws {
        let count = Counter()
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(count: count, fault: fault))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        self.count = count
    }

    var url: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)" }
    var requests: Int { count.requests.load(ordering: .relaxed) }

    func stop() async throws {
        try await channel.close()
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let count: Counter
        private let fault: Fault

        init(count: Counter, fault: Fault) {
            self.count = count
            self.fault = fault
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard case .end = unwrapInboundIn(data) else { return }
            let isFirst = count.requests.wrappingAdd(1, ordering: .relaxed).newValue == 1
            switch isFirst ? .answer(.ok, "{}") : fault {
            case .hangUp: context.close(promise: nil)
            case .silence: break
            case .answer(let status, let body):
                let headers: HTTPHeaders = ["Content-Length": "\(body.utf8.count)"]
                context.write(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))), promise: nil)
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }
    }
}
