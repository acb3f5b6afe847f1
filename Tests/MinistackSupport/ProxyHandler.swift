//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

// What all connections of a proxy share.
final class ProxyTraffic: Sendable {
    struct State {
        var fault: FaultProxy.Fault?
        var operation: String?
        var counts: [String: Int] = [:]
        var underWay = 0
        var mostUnderWay = 0
    }

    let state = Mutex(State())
    let upstream: String?
    let http: HTTPClient

    init(_ upstream: String?) {
        self.upstream = upstream
        var configuration = HTTPClient.Configuration()
        configuration.httpVersion = .http1Only
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 512
        // Shorter than the other server keeps them.
        configuration.connectionPool.idleTimeout = .seconds(1)
        http = HTTPClient(configuration: configuration)
    }

    func begin(_ operation: String) -> FaultProxy.Fault? {
        state.withLock { state in
            state.counts[operation, default: 0] += 1
            state.underWay += 1
            state.mostUnderWay = max(state.mostUnderWay, state.underWay)
            return state.operation == nil || state.operation == operation ? state.fault : nil
        }
    }

    func end() {
        state.withLock { $0.underWay -= 1 }
    }
}

final class ProxyHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let traffic: ProxyTraffic
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()
    private var isUnderWay = false

    init(_ traffic: ProxyTraffic) {
        self.traffic = traffic
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body.clear()
        case .body(var part): body.writeBuffer(&part)
        case .end:
            guard let head else { return }
            let operation = head.headers.first(name: "X-Amz-Target")?.split(separator: ".").last.map(String.init) ?? head.uri
            isUnderWay = true
            handle(head, traffic.begin(operation), context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        ended()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent, !isUnderWay { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func ended() {
        if isUnderWay { traffic.end() }
        isUnderWay = false
    }

    private func handle(_ head: HTTPRequestHead, _ fault: FaultProxy.Fault?, _ context: ChannelHandlerContext) {
        switch fault {
        case .hangUp: context.close(promise: nil)
        case .silence: break
        case .reset:
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            guard let channel = context.channel as? any SocketOptionProvider else { return context.close(promise: nil) }
            channel.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in bound.value.close(promise: nil) }
        case .answer(let status, let text): answer(status, [:], ByteBuffer(string: text), context)
        case .delay(let time):
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            context.eventLoop.scheduleTask(in: time) { bound.value.0.forward(head, losesAnswer: false, bound.value.1) }
        case .loseAnswer: forward(head, losesAnswer: true, context)
        case nil: forward(head, losesAnswer: false, context)
        }
    }

    private func forward(_ head: HTTPRequestHead, losesAnswer: Bool, _ context: ChannelHandlerContext) {
        guard let upstream = traffic.upstream else {
            return losesAnswer ? context.close(promise: nil) : answer(.ok, [:], ByteBuffer(string: "{}"), context)
        }
        let request = Result {
            try HTTPClient.Request(url: upstream + head.uri, method: head.method, headers: head.headers, body: .byteBuffer(body))
        }
        guard case .success(let request) = request else { return context.close(promise: nil) }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        traffic.http.execute(request: request).hop(to: context.eventLoop).whenComplete { result in
            let (handler, context) = bound.value
            guard case .success(let response) = result, !losesAnswer else { return context.close(promise: nil) }
            handler.answer(response.status, response.headers, response.body ?? ByteBuffer(), context)
        }
    }

    private func answer(_ status: HTTPResponseStatus, _ headers: HTTPHeaders, _ body: ByteBuffer, _ context: ChannelHandlerContext) {
        ended()
        var headers = headers
        for name in ["Transfer-Encoding", "Connection", "Keep-Alive"] { headers.remove(name: name) }
        headers.replaceOrAdd(name: "Content-Length", value: "\(body.readableBytes)")
        context.write(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
