//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import NIOCore
import NIOPosix

// A connection that sends and gets bytes as they are: text is one character for each (ISO 8859-1).
enum RawConnection {
    // `address` is `http://127.0.0.1:…`.
    static func open<Value: Sendable>(_ address: String, _ body: (inout Talk) async throws -> Value) async throws -> Value {
        let port = Int(address.split(separator: ":").last ?? "") ?? 0
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(host: "127.0.0.1", port: port) { channel in
            channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel) }
        }
        return try await channel.executeThenClose { inbound, outbound in
            var talk = Talk(inbound: inbound.makeAsyncIterator(), outbound: outbound)
            return try await body(&talk)
        }
    }

    struct Talk {
        var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
        let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>

        func send(_ text: String) async throws {
            try await outbound.write(ByteBuffer(latin1: text))
        }

        // What came behind the end of the last text.
        private var rest = ""

        init(inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator, outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>) {
            self.inbound = inbound
            self.outbound = outbound
        }

        // All that comes up to and with `end`, or until the server closes.
        mutating func receive(until end: String? = nil) async throws -> String {
            var text = rest
            rest = ""
            while end.map({ !text.contains($0) }) ?? true, let part = try await inbound.next(isolation: #isolation) { text += part.latin1 }
            guard let end, let found = text.firstRange(of: end) else { return text }
            rest = String(text[found.upperBound...])
            return String(text[..<found.upperBound])
        }
    }

    static func ask(_ address: String, _ request: String) async throws -> String {
        try await open(address) { talk in
            try await talk.send(request)
            return try await talk.receive()
        }
    }
}

extension ByteBuffer {
    init(latin1 text: String) {
        self.init(bytes: text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
    }

    var latin1: String {
        String(String.UnicodeScalarView(readableBytesView.map(Unicode.Scalar.init)))
    }
}
