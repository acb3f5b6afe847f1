//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import breaker

@Suite struct ConnectionTests {
    private func head(_ fields: HTTPFields = [:]) -> HTTPRequestPart {
        .head(HTTPRequest(method: .post, scheme: "http", authority: "localhost", path: "/", headerFields: fields))
    }

    private let byte = HTTPRequestPart.body(ByteBuffer(string: "x"))

    @Test func aTricklingRequestIsDroppedAtTheLimit() throws {
        let loop = EmbeddedEventLoop()
        let channel = EmbeddedChannel(handler: RequestLimitHandler(.seconds(30)), loop: loop)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        try channel.writeInbound(head())
        for _ in 0..<29 {
            loop.advanceTime(by: .seconds(1))
            try channel.writeInbound(byte)
            #expect(channel.isActive)
        }
        loop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
        _ = try? channel.finish()
    }

    @Test func aWholeRequestMayTakeItsTime() throws {
        let loop = EmbeddedEventLoop()
        let channel = EmbeddedChannel(handler: RequestLimitHandler(.seconds(30)), loop: loop)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        for _ in 0..<3 {
            try channel.writeInbound(head())
            loop.advanceTime(by: .seconds(29))
            try channel.writeInbound(HTTPRequestPart.end(nil))
            loop.advanceTime(by: .seconds(3600))
        }
        #expect(channel.isActive)
        _ = try channel.finish()
    }

    @Test func theBodyIsAskedForInItsTurn() throws {
        let channel = EmbeddedChannel(handler: ContinueHandler(largestBody: 100))
        let expect = try #require(HTTPField.Name("Expect"))
        let answer = HTTPResponsePart.head(HTTPResponse(status: .ok))
        // Two at once: the answer to the first may not have another head within it.
        for part in [head(), .end(nil), head([expect: "100-continue"])] { try channel.writeInbound(part) }
        #expect(try channel.readOutbound(as: HTTPResponsePart.self) == nil)
        try channel.writeOutbound(answer)
        try channel.writeOutbound(HTTPResponsePart.end(nil))
        #expect(try channel.readOutbound(as: HTTPResponsePart.self) == answer)
        #expect(try channel.readOutbound(as: HTTPResponsePart.self) == .end(nil))
        #expect(try channel.readOutbound(as: HTTPResponsePart.self) == .head(HTTPResponse(status: .continue)))
        #expect(try channel.readOutbound(as: HTTPResponsePart.self) == nil)
        _ = try channel.finish()
    }

    @Test(arguments: [("100-continue", "101"), ("something", "1")]) func nothingElseIsAskedFor(expectation: String, length: String) throws {
        let channel = EmbeddedChannel(handler: ContinueHandler(largestBody: 100))
        try channel.writeInbound(head([try #require(HTTPField.Name("Expect")): expectation, .contentLength: length]))
        #expect(try channel.readOutbound(as: HTTPResponsePart.self) == nil)
        _ = try channel.finish()
    }
}
