//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import LoopbackAccess
import NIOCore
import NIOHTTP1

// Refuses those who may not use the server, and hands on the requests of all others.
final class LoopbackHandler: ChannelInboundHandler {
    typealias InboundIn = NIOHTTPServerRequestFull
    typealias OutboundOut = HTTPServerResponsePart

    private let deny: @Sendable (String) -> HTTPAnswer
    private let respond: @Sendable (HTTPCall) -> Void

    init(deny: @escaping @Sendable (String) -> HTTPAnswer, respond: @escaping @Sendable (HTTPCall) -> Void) {
        self.deny = deny
        self.respond = respond
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let request = Self.unwrapInboundIn(data)
        let call = HTTPCall(head: request.head, body: request.body, channel: context.channel)
        do throws(LoopbackAccess.Denied) {
            try Self.check(request.head, context.channel)
        } catch {
            return call.answer(deny(error.description))
        }
        respond(call)
    }

    // On an address of this machine alone, callers from elsewhere and pages of others are refused; on another one, pages of others.
    private static func check(_ head: HTTPRequestHead, _ channel: any Channel) throws(LoopbackAccess.Denied) {
        let hosts = head.headers["Host"]
        let access = LoopbackAccess(remoteAddress: channel.remoteAddress?.ipAddress, host: hosts.count == 1 ? hosts[0] : nil) {
            head.headers.first(name: $0)
        }
        if let address = channel.localAddress?.ipAddress, !LoopbackAccess.isLoopback(address) { return try access.checkPage() }
        try access.check()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A body that is too large has been answered by the aggregator, which skips the rest of it.
        if !(error is NIOHTTPObjectAggregatorError) { context.close(promise: nil) }
    }
}
