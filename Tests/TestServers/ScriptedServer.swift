//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import NIOCore
import NIOPosix
import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#elseif canImport(Glibc)
    import Glibc
#endif

// Does for each request of each connection what a script says, byte for byte.
package final class ScriptedServer: Sendable {
    package enum Step: Sendable {
        case send(String)
        // Sends, and closes.
        case close(after: String)
        case reset
        case nothing

        package static let ok = Step.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    }

    private struct State {
        var scripts: [[Step]]
        var requests: [String] = []
    }

    private let state: Mutex<State>
    private let channel: Mutex<(any Channel)?> = Mutex(nil)
    private let connections: Mutex<[any Channel]> = Mutex([])

    // One script for each connection, in their order.
    package init(_ scripts: [[Step]]) {
        state = Mutex(State(scripts: scripts))
    }

    // What came, with a line for each request.
    package var requests: [String] { state.withLock { $0.requests } }

    package func start() async throws -> Int {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                self.connections.withLock { $0.append(channel) }
                let script = self.state.withLock { $0.scripts.isEmpty ? [] : $0.scripts.removeFirst() }
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(script) { text in self.state.withLock { $0.requests.append(text) } })
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        channel.withLock { $0 = server }
        return server.localAddress?.port ?? 0
    }

    package func stop() async throws {
        try await channel.withLock { $0.take() }?.close()
    }

    // Breaks all connections off.
    package func reset() {
        for connection in connections.withLock({ $0 }) { Self.reset(connection) }
    }

    private static func reset(_ channel: any Channel) {
        let provider = channel as? any SocketOptionProvider
        provider?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in channel.close(promise: nil) }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private var script: [Step]
        private let tell: (String) -> Void
        private var text = ""

        init(_ script: [Step], tell: @escaping (String) -> Void) {
            self.script = script
            self.tell = tell
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            text += String(buffer: unwrapInboundIn(data))
            // The bodies of these tests end with a dot.
            let hasBody = text.firstMatch(of: /content-length: [1-9]/.ignoresCase()) != nil
            guard text.hasSuffix(hasBody ? "." : "\r\n\r\n") else { return }
            tell(text)
            text = ""
            let channel = context.channel
            switch script.isEmpty ? .close(after: "") : script.removeFirst() {
            case .send(let answer): channel.writeAndFlush(ByteBuffer(string: answer), promise: nil)
            case .close(let answer): channel.writeAndFlush(ByteBuffer(string: answer)).whenComplete { _ in channel.close(promise: nil) }
            case .nothing: break
            case .reset: ScriptedServer.reset(channel)
            }
        }
    }
}
