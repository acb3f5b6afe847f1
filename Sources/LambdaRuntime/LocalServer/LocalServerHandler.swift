//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import LoopbackAccess
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
        do throws(LoopbackAccess.Denied) {
            try Self.check(request.head, channel)
        } catch {
            return Self.respond(.forbidden, ErrorReport(type: "AccessDenied", message: error.description), to: channel, keepAlive: keepAlive)
        }
        guard request.head.uri == path else {
            return Self.respond(.notFound, to: channel, keepAlive: keepAlive)
        }
        guard request.head.method == .POST else {
            return Self.respond(.methodNotAllowed, headers: ["Allow": "POST"], to: channel, keepAlive: keepAlive)
        }
        let payload = request.body.map { Array($0.readableBytesView) } ?? []
        let place = queue.yield(
            LocalServer.Request(payload: payload) { result in
                switch result {
                case .success(let body): Self.respond(.ok, headers: Self.json, body: body, to: channel, keepAlive: keepAlive)
                case .failure(let report):
                    Self.respond(report.isMalformedEvent ? .badRequest : .internalServerError, report, to: channel, keepAlive: keepAlive)
                }
            }
        )
        switch place {
        case .enqueued: break
        case .dropped:
            let report = ErrorReport(
                type: "TooManyRequestsException",
                message: "\(LocalServer.queueLimit) events wait already; send this one again when some are answered"
            )
            Self.respond(.tooManyRequests, report, to: channel, keepAlive: keepAlive)
        default:
            let report = ErrorReport(type: "ServiceException", message: "the function has ended")
            Self.respond(.serviceUnavailable, report, to: channel, keepAlive: false)
        }
    }

    /// On an address of this machine alone, callers from elsewhere and pages of others are refused; on another one, pages of others.
    private static func check(_ head: HTTPRequestHead, _ channel: any Channel) throws(LoopbackAccess.Denied) {
        let hosts = head.headers["Host"]
        let access = LoopbackAccess(remoteAddress: channel.remoteAddress?.ipAddress, host: hosts.count == 1 ? hosts[0] : nil) {
            head.headers.first(name: $0)
        }
        if let address = channel.localAddress?.ipAddress, !LoopbackAccess.isLoopback(address) { return try access.checkPage() }
        try access.check()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // An event that is too large has been answered by the aggregator, which skips the rest of it.
        if !(error is NIOHTTPObjectAggregatorError) { context.close(promise: nil) }
    }

    private static let json: HTTPHeaders = ["Content-Type": "application/json"]

    private static func respond(_ status: HTTPResponseStatus, _ report: ErrorReport, to channel: any Channel, keepAlive: Bool) {
        self.respond(status, headers: json, body: report.json, to: channel, keepAlive: keepAlive)
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
