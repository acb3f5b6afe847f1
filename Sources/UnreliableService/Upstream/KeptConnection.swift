//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AsyncHTTPClient
import NIOCore
import NIOHTTP1

// A connection that was kept after an answer is closed, and nothing of the next answer has come: the server may have closed it long before.
struct DeadConnection: Error {}

// Distinguishes such an end from others.
final class KeptConnection {
    private var requests = 0
    private var isAnswered = false

    // Of the request under way: nothing has come of its answer, and there were others before it.
    private var isUnansweredAgain: Bool { requests > 1 && !isAnswered }

    static func watch(_ channel: any Channel) throws {
        let connection = KeptConnection()
        let handlers = channel.pipeline.syncOperations
        let decoder = try handlers.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
        try handlers.addHandler(Bytes(connection), position: .before(try handlers.handler(type: HTTPRequestEncoder.self)))
        try handlers.addHandler(Requests(connection), position: .after(decoder))
    }

    private final class Bytes: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let connection: KeptConnection

        init(_ connection: KeptConnection) {
            self.connection = connection
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            connection.isAnswered = true
            context.fireChannelRead(data)
        }
    }

    private final class Requests: ChannelDuplexHandler {
        typealias InboundIn = HTTPClientResponsePart
        typealias InboundOut = HTTPClientResponsePart
        typealias OutboundIn = HTTPClientRequestPart
        typealias OutboundOut = HTTPClientRequestPart

        private let connection: KeptConnection

        init(_ connection: KeptConnection) {
            self.connection = connection
        }

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            if case .head = unwrapOutboundIn(data) {
                connection.requests += 1
                connection.isAnswered = false
            }
            guard let promise else { return context.write(data, promise: nil) }
            let written = context.eventLoop.makePromise(of: Void.self)
            written.futureResult.assumeIsolated().whenComplete { [connection] result in
                switch result {
                case .success: promise.succeed()
                case .failure(let error): promise.fail(connection.isUnansweredAgain ? DeadConnection() : error)
                }
            }
            context.write(data, promise: written)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.fireErrorCaught(connection.isUnansweredAgain ? DeadConnection() : error)
        }

        func channelInactive(context: ChannelHandlerContext) {
            if connection.isUnansweredAgain { context.fireErrorCaught(DeadConnection()) }
            context.fireChannelInactive()
        }
    }
}

extension HTTPClient.Configuration {
    // Beside what is there already.
    mutating func onConnection(_ body: @escaping @Sendable (any Channel) throws -> Void) {
        let first = http1_1ConnectionDebugInitializer
        http1_1ConnectionDebugInitializer = { channel in
            (first?(channel) ?? channel.eventLoop.makeSucceededVoidFuture()).flatMapThrowing { try body(channel) }
        }
    }
}
