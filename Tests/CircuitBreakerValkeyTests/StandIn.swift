//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import NIOCore
import NIOPosix
import Synchronization

@testable import CircuitBreakerValkey

// A server that answers each command as a test says, byte for byte.
final class StandIn: Sendable {
    enum Step: Sendable {
        case send([UInt8])
        case close(after: [UInt8] = [])
        case nothing

        static func send(_ text: String) -> Step { .send(Array(text.utf8)) }
    }

    // Gets the number of the connection and the words of the command.
    typealias Respond = @Sendable (_ connection: Int, _ words: [String]) -> Step

    private struct State {
        var commands: [[String]] = []
        var connections = 0
    }

    private let state = Mutex(State())
    private let server: any Channel
    let port: Int

    // What a server says that is in order.
    static func polite(_ respond: @escaping Respond) -> Respond {
        { connection, words in words[0] == "PING" ? .send("+PONG\r\n") : respond(connection, words) }
    }

    init(greeting: String? = nil, _ respond: @escaping Respond) async throws {
        let box = Box()
        server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let number = box.owner?.state.withLock { state in
                        state.connections += 1
                        return state.connections
                    }
                    try channel.pipeline.syncOperations.addHandler(
                        Handler { words in
                            box.owner?.state.withLock { $0.commands.append(words) }
                            return respond(number ?? 0, words)
                        }
                    )
                    if let greeting { channel.writeAndFlush(ByteBuffer(string: greeting), promise: nil) }
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = server.localAddress?.port ?? 0
        box.owner = self
    }

    var url: String { "valkey://127.0.0.1:\(port)" }
    var commands: [[String]] { state.withLock { $0.commands } }
    var connections: Int { state.withLock { $0.connections } }

    func count(_ command: String) -> Int { commands.count { $0[0] == command } }

    func store(_ change: (inout Limits) -> Void = { _ in }) -> ValkeyStore {
        var limits = Limits.generous
        change(&limits)
        return ValkeyStore(url: url, limits: limits)
    }

    func stop() async throws {
        try await server.close()
    }

    // What the server's own closures need before it is there.
    private final class Box: Sendable {
        private let held = Mutex<StandIn?>(nil)

        var owner: StandIn? {
            get { held.withLock { $0 } }
            set { held.withLock { $0 = newValue } }
        }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let respond: ([String]) -> Step
        // Commands have the form of answers.
        private var parser = ReplyParser(longest: 1 << 20)
        private var received = ByteBuffer()

        init(_ respond: @escaping ([String]) -> Step) {
            self.respond = respond
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var bytes = Self.unwrapInboundIn(data)
            received.writeBuffer(&bytes)
            let channel = context.channel
            while case .list(let elements)? = try? parser.next(&received) {
                switch respond(elements.compactMap(\.string)) {
                case .send(let answer): channel.writeAndFlush(ByteBuffer(bytes: answer), promise: nil)
                case .close(let answer): channel.writeAndFlush(ByteBuffer(bytes: answer)).whenComplete { _ in channel.close(promise: nil) }
                case .nothing: break
                }
            }
        }
    }
}
