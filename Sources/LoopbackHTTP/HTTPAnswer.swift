//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import NIOCore
package import NIOHTTP1

// What a local server answers.
package struct HTTPAnswer: Sendable {
    package var status: HTTPResponseStatus
    package var headers: HTTPHeaders
    package var body: ByteBuffer

    package init(_ status: HTTPResponseStatus, headers: HTTPHeaders = [:], body: ByteBuffer = ByteBuffer()) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    package static func json(_ status: HTTPResponseStatus, _ body: ByteBuffer) -> HTTPAnswer {
        HTTPAnswer(status, headers: ["Content-Type": "application/json"], body: body)
    }
}

// A request that came whole and may be answered, once.
package struct HTTPCall: Sendable {
    package let head: HTTPRequestHead
    package let body: ByteBuffer?
    package let channel: any Channel

    package func answer(_ answer: HTTPAnswer, keepsConnection: Bool = true) {
        let keepsAlive = keepsConnection && head.isKeepAlive
        var response = HTTPResponseHead(version: .http1_1, status: answer.status, headers: answer.headers)
        response.headers.add(name: "Content-Length", value: String(answer.body.readableBytes))
        if !keepsAlive { response.headers.add(name: "Connection", value: "close") }
        channel.write(HTTPServerResponsePart.head(response), promise: nil)
        if head.method != .HEAD { channel.write(HTTPServerResponsePart.body(.byteBuffer(answer.body)), promise: nil) }
        let end = channel.writeAndFlush(HTTPServerResponsePart.end(nil))
        if !keepsAlive { end.whenComplete { _ in channel.close(promise: nil) } }
    }
}
