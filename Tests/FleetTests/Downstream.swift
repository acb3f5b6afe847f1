//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

// The dependency that all environments protect. Sees how many calls reach it at once, and whose.
final class Downstream: Sendable {
    enum Answer: Sendable {
        case status(HTTPResponseStatus, after: TimeAmount)
        // When the test says so.
        case hold
    }

    struct State {
        var underWay: [ObjectIdentifier: String] = [:]
        var mostUnderWay = 0
        var arrivals = 0
        var decide: @Sendable (Int) -> Answer
        var held: [EventLoopPromise<HTTPResponseStatus>] = []
    }

    private let shared: Shared
    private let channel: any Channel

    final class Shared: Sendable {
        let state: Mutex<State>

        init(_ decide: @escaping @Sendable (Int) -> Answer) {
            state = Mutex(State(decide: decide))
        }
    }

    init(_ decide: @escaping @Sendable (Int) -> Answer) async throws {
        let shared = Shared(decide)
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 1024)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(DownstreamHandler(shared))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        self.shared = shared
    }

    var url: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)/" }
    // Who has a call under way.
    var callers: [String] { shared.state.withLock { Array($0.underWay.values) } }
    var arrivals: Int { shared.state.withLock { $0.arrivals } }
    var mostUnderWay: Int { shared.state.withLock { $0.mostUnderWay } }

    func answer(_ decide: @escaping @Sendable (Int) -> Answer) {
        shared.state.withLock { $0.decide = decide }
    }

    func release(_ status: HTTPResponseStatus) {
        let held = shared.state.withLock { state in
            defer { state.held = [] }
            return state.held
        }
        for promise in held { promise.succeed(status) }
    }

    func stop() async throws {
        release(.serviceUnavailable)
        try await channel.close()
    }
}

private final class DownstreamHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let shared: Downstream.Shared
    private var caller = ""

    init(_ shared: Downstream.Shared) {
        self.shared = shared
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): caller = head.headers.first(name: "Worker") ?? ""
        case .body: break
        case .end: handle(context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        ended()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func ended() {
        shared.state.withLock { _ = $0.underWay.removeValue(forKey: ObjectIdentifier(self)) }
    }

    private func handle(_ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let promise = context.eventLoop.makePromise(of: HTTPResponseStatus.self)
        let answer = shared.state.withLock { state in
            state.arrivals += 1
            state.underWay[ObjectIdentifier(self)] = caller
            state.mostUnderWay = max(state.mostUnderWay, state.underWay.count)
            let answer = state.decide(state.arrivals)
            if case .hold = answer { state.held.append(promise) }
            return answer
        }
        if case .status(let status, let time) = answer { context.eventLoop.scheduleTask(in: time) { promise.succeed(status) } }
        promise.futureResult.whenSuccess { status in
            let (handler, context) = bound.value
            handler.ended()
            let head = HTTPResponseHead(version: .http1_1, status: status, headers: ["Content-Length": "0"])
            context.write(handler.wrapOutboundOut(.head(head)), promise: nil)
            context.writeAndFlush(handler.wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
