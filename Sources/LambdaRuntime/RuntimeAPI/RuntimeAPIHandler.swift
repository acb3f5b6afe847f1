//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import NIOCore
import NIOHTTP1

/// Writes a request and collects its answer.
final class RuntimeAPIHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    /// The connection ended before the answer did.
    struct Loss: Error {
        let reason: String
        /// Whether it looks as if the request was never seen: the connection was closed, and nothing of an answer had arrived.
        let isBeforeAnswer: Bool
    }

    private struct Exchange {
        let promise: EventLoopPromise<RuntimeAPIAnswer>
        var timeout: Scheduled<Void>?
        var answer: RuntimeAPIAnswer?
    }

    private var context: ChannelHandlerContext?
    private var exchange: Exchange?

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    /// Sends `request`; `promise` gets the answer, or a ``Loss``.
    func send(_ request: RuntimeAPIRequest, host: String, promise: EventLoopPromise<RuntimeAPIAnswer>) {
        guard let context = self.context, context.channel.isActive else {
            return promise.fail(Loss(reason: "connection closed", isBeforeAnswer: true))
        }
        var exchange = Exchange(promise: promise)
        exchange.timeout = request.timeout.map { timeout in
            context.eventLoop.assumeIsolated().scheduleTask(in: timeout) {
                self.end("no answer within \(timeout.nanoseconds / 1_000_000) ms", context, isTimeout: true)
            }
        }
        self.exchange = exchange

        var head = HTTPRequestHead(version: .http1_1, method: request.method, uri: request.path, headers: request.headers)
        head.headers.add(name: "Host", value: host)
        if request.method == .POST { head.headers.add(name: "Content-Length", value: String(request.body.count)) }
        context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
        if !request.body.isEmpty {
            context.write(Self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: request.body)))), promise: nil)
        }
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head(let head):
            self.exchange?.answer = RuntimeAPIAnswer(head: head, body: ByteBuffer())
        case .body(var part):
            self.exchange?.answer?.body.writeBuffer(&part)
        case .end:
            guard let exchange = self.exchange, let answer = exchange.answer else { return }
            self.exchange = nil
            exchange.timeout?.cancel()
            if !answer.head.isKeepAlive { context.close(promise: nil) }
            exchange.promise.succeed(answer)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end("connection closed", context)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(RuntimeFailure.reason(error), context)
    }

    private func end(_ reason: String, _ context: ChannelHandlerContext, isTimeout: Bool = false) {
        let exchange = self.exchange
        self.exchange = nil
        exchange?.timeout?.cancel()
        context.close(promise: nil)
        exchange?.promise.fail(Loss(reason: reason, isBeforeAnswer: !isTimeout && exchange?.answer == nil))
    }
}
