//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import NIOCore
import NIOHTTP1

// Says to a client's HeadHandler where heads are.
final class ClientHeads: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias InboundOut = HTTPClientResponsePart
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    private let handler: HeadHandler

    private init(_ handler: HeadHandler) {
        self.handler = handler
    }

    static func add(to channel: any Channel) throws {
        let handlers = channel.pipeline.syncOperations
        let handler = HeadHandler()
        try handlers.addHandler(handler, position: .before(try handlers.handler(type: HTTPRequestEncoder.self)))
        try handlers.addHandler(ClientHeads(handler), position: .after(try handlers.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        // Another head follows an interim one.
        case .head(let head): if head.status.code < 200, head.status != .switchingProtocols { handler.isInHead = true }
        case .body: break
        case .end: handler.isInHead = true
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .head = unwrapOutboundIn(data) { handler.writesHead = true }
        context.write(data, promise: promise)
    }
}
