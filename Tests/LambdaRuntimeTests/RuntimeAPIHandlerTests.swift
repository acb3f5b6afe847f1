//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import LambdaRuntime

/// The timeout of a request, on a loop whose time the test sets.
struct RuntimeAPIHandlerTests {
    let channel = EmbeddedChannel()
    let handler = RuntimeAPIHandler()

    init() throws {
        try channel.pipeline.syncOperations.addHandler(handler)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    func post(timeout: TimeAmount?) -> EventLoopFuture<RuntimeAPIAnswer> {
        let promise = channel.eventLoop.makePromise(of: RuntimeAPIAnswer.self)
        handler.send(RuntimeAPIRequest(method: .POST, path: "/", timeout: timeout), host: "localhost", promise: promise)
        return promise.futureResult
    }

    @Test func endsTheConnectionWhenItIsOver() throws {
        let answer = post(timeout: .seconds(10))
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(9_999))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(!channel.isActive)
        let loss = #expect(throws: RuntimeAPIHandler.Loss.self) { try answer.wait() }
        #expect(loss?.reason == "no answer within 10000 ms")
        #expect(loss?.isBeforeAnswer == false)
    }

    @Test func endsWithTheAnswer() throws {
        let answer = post(timeout: .seconds(10))
        try channel.writeInbound(HTTPClientResponsePart.head(.init(version: .http1_1, status: .accepted)))
        try channel.writeInbound(HTTPClientResponsePart.end(nil))
        #expect(try answer.wait().head.status == .accepted)
        channel.embeddedEventLoop.advanceTime(by: .hours(1))
        #expect(channel.isActive)
    }

    @Test func isNotThereUnlessAskedFor() throws {
        let answer = post(timeout: nil)
        channel.embeddedEventLoop.advanceTime(by: .hours(24))
        #expect(channel.isActive)
        try channel.close().wait()
        #expect(throws: RuntimeAPIHandler.Loss.self) { try answer.wait() }
    }
}
