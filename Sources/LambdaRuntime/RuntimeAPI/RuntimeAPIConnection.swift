//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

package import NIOCore
package import NIOHTTP1
import NIOPosix

/// A request to the Runtime API.
package struct RuntimeAPIRequest: Sendable {
    var method: HTTPMethod
    var path: String
    var headers: HTTPHeaders
    var body: [UInt8]
    /// How long to wait for the answer; nil waits for ever.
    var timeout: TimeAmount?

    package init(method: HTTPMethod, path: String, headers: HTTPHeaders = [:], body: [UInt8] = [], timeout: TimeAmount? = nil) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        self.timeout = timeout
    }
}

/// The answer to one.
package struct RuntimeAPIAnswer: Sendable {
    package var head: HTTPResponseHead
    package var body: ByteBuffer
}

/// A connection to the Runtime API, which carries one request at a time.
struct RuntimeAPIConnection: Sendable {
    private let channel: any Channel
    private let handler: NIOLoopBound<RuntimeAPIHandler>

    static func open(to address: RuntimeAPIAddress) async throws -> RuntimeAPIConnection {
        let bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup).connectTimeout(.seconds(5))
        // Lambda gives a numeric address, for which no resolver is asked: in a static binary, that would need shared libraries.
        if let numeric = try? SocketAddress(ipAddress: address.host, port: address.port) {
            return try await bootstrap.connect(to: numeric, channelInitializer: Self.configure)
        }
        return try await bootstrap.connect(host: address.host, port: address.port, channelInitializer: Self.configure)
    }

    @Sendable private static func configure(_ channel: any Channel) -> EventLoopFuture<RuntimeAPIConnection> {
        channel.eventLoop.makeCompletedFuture {
            let handler = RuntimeAPIHandler()
            try channel.pipeline.syncOperations.addHTTPClientHandlers()
            try channel.pipeline.syncOperations.addHandler(handler)
            return RuntimeAPIConnection(channel: channel, handler: NIOLoopBound(handler, eventLoop: channel.eventLoop))
        }
    }

    var isOpen: Bool { channel.isActive }

    /// Sends `request` and waits for the answer; cancelling the task closes the connection.
    ///
    /// - Throws: ``RuntimeAPIHandler/Loss`` if the connection ends before the answer does.
    func send(_ request: RuntimeAPIRequest, host: String) async throws -> RuntimeAPIAnswer {
        let promise = channel.eventLoop.makePromise(of: RuntimeAPIAnswer.self)
        channel.eventLoop.execute { handler.value.send(request, host: host, promise: promise) }
        return try await withTaskCancellationHandler {
            try await promise.futureResult.get()
        } onCancel: {
            close()
        }
    }

    func close() {
        channel.close(promise: nil)
    }
}
