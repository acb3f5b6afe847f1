//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A Runtime API that hands out scripted invocations and records what is posted.
final class MockRuntimeAPI: Sendable {
    struct Post: Sendable {
        let path: String
        let headers: HTTPHeaders
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    struct Answer: Sendable {
        var status: HTTPResponseStatus
        var headers: HTTPHeaders = [:]
        var body: [UInt8] = []
    }

    /// What happens to a connection after an answer.
    enum Manner: Sendable {
        case keepsOpen
        /// Says that it will close, and hears nothing more on the connection.
        case announcesClose
        case closesSilently
    }

    private struct State {
        var server: (any Channel)?
        var connections: [any Channel] = []
        var opened = 0
        var pollers: [any Channel] = []
        var invocations: [Answer] = []
    }

    let posts: AsyncStream<Post>
    let polls: AsyncStream<Void>
    private let recordPost: AsyncStream<Post>.Continuation
    private let recordPoll: AsyncStream<Void>.Continuation
    private let state = Mutex(State())
    private let manner: Manner
    private let answer: @Sendable (Post) -> Answer?

    /// Listens on a free port; `answer` says how a post is answered, nil leaves it without.
    init(_ manner: Manner = .keepsOpen, answer: @escaping @Sendable (Post) -> Answer? = { _ in Answer(status: .accepted) }) async throws {
        self.manner = manner
        self.answer = answer
        (posts, recordPost) = AsyncStream.makeStream()
        (polls, recordPoll) = AsyncStream.makeStream()
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandlers(
                        NIOHTTPServerRequestAggregator(maxContentLength: 64 << 20),
                        Handler(api: self)
                    )
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        state.withLock { $0.server = server }
    }

    var address: String {
        state.withLock { "127.0.0.1:\($0.server?.localAddress?.port ?? 0)" }
    }

    var connectionsOpened: Int { state.withLock { $0.opened } }

    func invoke(_ id: String, _ payload: String, deadline: String = "9000000000000", trace: String? = nil, arn: String? = nil) {
        var headers: HTTPHeaders = ["Lambda-Runtime-Aws-Request-Id": id, "Lambda-Runtime-Deadline-Ms": deadline]
        if let trace { headers.add(name: "Lambda-Runtime-Trace-Id", value: trace) }
        if let arn { headers.add(name: "Lambda-Runtime-Invoked-Function-Arn", value: arn) }
        answerNextPoll(Answer(status: .ok, headers: headers, body: Array(payload.utf8)))
    }

    func answerNextPoll(_ answer: Answer) {
        let poller: (any Channel)? = self.state.withLock { state in
            guard !state.pollers.isEmpty else {
                state.invocations.append(answer)
                return nil
            }
            return state.pollers.removeFirst()
        }
        if let poller { send(answer, to: poller) }
    }

    func nextPost() async throws -> Post {
        for await post in posts { return post }
        throw CancellationError()
    }

    func nextPoll() async {
        for await _ in polls { return }
    }

    /// Goes away as if the machine had been switched off.
    func vanish() async throws {
        let channels = self.state.withLock { state in [state.server].compactMap { $0 } + state.connections }
        for channel in channels { try? await channel.close() }
    }

    private func poll(_ channel: any Channel) {
        let answer: Answer? = self.state.withLock { state in
            guard !state.invocations.isEmpty else {
                state.pollers.append(channel)
                return nil
            }
            return state.invocations.removeFirst()
        }
        recordPoll.yield()
        if let answer { send(answer, to: channel) }
    }

    private func send(_ answer: Answer, to channel: any Channel) {
        var head = HTTPResponseHead(version: .http1_1, status: answer.status, headers: answer.headers)
        head.headers.add(name: "Content-Length", value: String(answer.body.count))
        if manner == .announcesClose { head.headers.add(name: "Connection", value: "close") }
        channel.write(HTTPServerResponsePart.head(head), promise: nil)
        channel.write(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: answer.body))), promise: nil)
        let end = channel.writeAndFlush(HTTPServerResponsePart.end(nil))
        if manner == .closesSilently { end.whenComplete { _ in channel.close(promise: nil) } }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = NIOHTTPServerRequestFull

        private let api: MockRuntimeAPI
        private var requestCount = 0

        init(api: MockRuntimeAPI) {
            self.api = api
        }

        func channelActive(context: ChannelHandlerContext) {
            let channel = context.channel
            api.state.withLock { state in
                state.opened += 1
                state.connections.append(channel)
            }
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let request = Self.unwrapInboundIn(data)
            requestCount += 1
            if api.manner == .announcesClose && requestCount > 1 { return }
            if request.head.method == .GET && request.head.uri == "/2018-06-01/runtime/invocation/next" {
                return api.poll(context.channel)
            }
            let post = Post(
                path: request.head.uri,
                headers: request.head.headers,
                body: request.body.map { Array($0.readableBytesView) } ?? []
            )
            let answer = api.answer(post)
            api.recordPost.yield(post)
            if let answer { api.send(answer, to: context.channel) }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
