//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import NIOCore
import NIOHTTP1

/// Turns HTTP requests into invocations, and their results into HTTP responses.
final class LocalServerHandler: ChannelInboundHandler {
    typealias InboundIn = NIOHTTPServerRequestFull
    typealias OutboundOut = HTTPServerResponsePart

    private let path: String
    private let queue: AsyncStream<LocalServer.Request>.Continuation

    init(path: String, queue: AsyncStream<LocalServer.Request>.Continuation) {
        self.path = path
        self.queue = queue
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let request = Self.unwrapInboundIn(data)
        let channel = context.channel
        let keepAlive = request.head.isKeepAlive
        guard request.head.uri == self.path else {
            return Self.respond(.notFound, to: channel, keepAlive: keepAlive)
        }
        guard request.head.method == .POST else {
            return Self.respond(.methodNotAllowed, headers: ["Allow": "POST"], to: channel, keepAlive: keepAlive)
        }
        let payload = request.body.map { Array($0.readableBytesView) } ?? []
        self.queue.yield(
            LocalServer.Request(payload: payload) { result in
                let (status, body): (HTTPResponseStatus, [UInt8]) =
                    switch result {
                    case .success(let body): (.ok, body)
                    case .failure(let report): (report.isMalformedEvent ? .badRequest : .internalServerError, report.json)
                    }
                Self.respond(status, headers: ["Content-Type": "application/json"], body: body, to: channel, keepAlive: keepAlive)
            }
        )
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // An event that is too large has been answered by the aggregator, which skips the rest of it.
        if !(error is NIOHTTPObjectAggregatorError) { context.close(promise: nil) }
    }

    private static func respond(
        _ status: HTTPResponseStatus,
        headers: HTTPHeaders = [:],
        body: [UInt8] = [],
        to channel: any Channel,
        keepAlive: Bool
    ) {
        var head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
        head.headers.add(name: "Content-Length", value: String(body.count))
        if !keepAlive { head.headers.add(name: "Connection", value: "close") }
        channel.write(HTTPServerResponsePart.head(head), promise: nil)
        channel.write(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: body))), promise: nil)
        let end = channel.writeAndFlush(HTTPServerResponsePart.end(nil))
        if !keepAlive { end.whenComplete { _ in channel.close(promise: nil) } }
    }
}
