//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import NIOCore
import NIOPosix
import NIOSSL
import TestCertificate

/// A server on loopback that answers each request with a text of the test's, and counts its connections.
final class CannedServer: Sendable {
    enum Security: Sendable, CaseIterable {
        case none
        case tls
        case tlsWithALPN
    }

    let url: String
    private let channel: any Channel

    init(_ answers: [String], security: Security = .none) async throws {
        let context = try Self.context(security)
        self.channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handlers = channel.pipeline.syncOperations
                    if let context { try handlers.addHandler(NIOSSLServerHandler(context: context)) }
                    try handlers.addHandler(CannedAnswers(answers))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        url = "\(security == .none ? "http" : "https")://127.0.0.1:\(self.channel.localAddress?.port ?? 0)/"
    }

    func close() async throws { try await channel.close() }

    private static func context(_ security: Security) throws -> NIOSSLContext? {
        guard security != .none else { return nil }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(testCertificate.utf8)).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(testKey.utf8), format: .pem))
        )
        if security == .tlsWithALPN { configuration.applicationProtocols = ["http/1.1"] }
        return try NIOSSLContext(configuration: configuration)
    }
}

/// Writes the next answer whenever the head of a request without a body has ended.
private final class CannedAnswers: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var answers: ArraySlice<String>
    private var request = ByteBuffer()

    init(_ answers: [String]) {
        self.answers = answers[...]
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        request.writeImmutableBuffer(Self.unwrapInboundIn(data))
        guard request.readableBytesView.suffix(4).elementsEqual("\r\n\r\n".utf8) else { return }
        request.clear()
        guard let answer = answers.popFirst() else { return context.close(promise: nil) }
        context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
    }
}
