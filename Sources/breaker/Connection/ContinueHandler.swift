//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import HTTPTypes
import NIOCore
import NIOHTTPTypes

// Asks for the body that a client announces with `Expect: 100-continue`, in its turn after the answers before it.
final class ContinueHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let largestBody: Int
    private var unanswered = 0
    private var isExpected = false

    // A body that is larger is not asked for: it is refused.
    init(largestBody: Int) {
        self.largestBody = largestBody
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            unanswered += 1
            let expectation = HTTPField.Name("Expect").flatMap { head.headerFields[$0] }?.lowercased()
            let length = head.headerFields[.contentLength].map { Int($0) ?? .max } ?? 0
            isExpected = expectation == "100-continue" && length <= largestBody
            askForBody(context)
        // It does not wait for us.
        case .body, .end: isExpected = false
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part = unwrapOutboundIn(data)
        // A final answer says all.
        if case .head = part, unanswered == 1 { isExpected = false }
        context.write(data, promise: promise)
        guard case .end = part else { return }
        unanswered -= 1
        askForBody(context)
    }

    private func askForBody(_ context: ChannelHandlerContext) {
        guard isExpected, unanswered == 1 else { return }
        isExpected = false
        context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
    }
}
