//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

#if DynamoDB || HTTPClient
    import NIOCore
    import NIOHTTP1

    /// An answer that no HTTP/1.1 server may give, after which the request failed.
    package struct ImpossibleAnswer: Error, Hashable, CustomStringConvertible {
        /// The status of the answer.
        package let status: Int

        /// What is wrong with it.
        package var description: String { "the server answered with the status \(status), which is no HTTP status (100 to 999)" }
    }

    /// Fails a request whose answer is not interim heads, a head, a body and an end.
    ///
    /// async-http-client leaves every head below 200 out, with `preconditionFailure` for the body or the end that follows one below 100.
    final class AnswerGuard: ChannelInboundHandler {
        typealias InboundIn = HTTPClientResponsePart
        typealias InboundOut = HTTPClientResponsePart

        private enum State {
            case waitingForHead
            case inAnswer
            case refused
        }

        private var state = State.waitingForHead
        private var lastStatus = 0

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let part = Self.unwrapInboundIn(data)
            if case .head(let head) = part { self.lastStatus = Int(head.status.code) }
            switch (state, part) {
            case (.refused, _):
                return
            case (.waitingForHead, .head) where self.lastStatus == 101 || self.lastStatus >= 200:
                state = .inAnswer
            case (.waitingForHead, .head) where self.lastStatus >= 100, (.inAnswer, .body):
                break
            case (.inAnswer, .end):
                state = .waitingForHead
            default:
                state = .refused
                context.fireErrorCaught(ImpossibleAnswer(status: self.lastStatus))
                context.close(promise: nil)
                return
            }
            context.fireChannelRead(data)
        }
    }
#endif
