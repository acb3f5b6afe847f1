//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AsyncHTTPClient
package import NIOCore
package import NIOHTTP1
import NIOPosix
import Synchronization

/// A server between a client and another server: counts what passes, and does what a test says to it.
///
/// Requests keep their Host header, so that their signatures hold.
package final class FaultProxy: Sendable {
    package enum Fault: Sendable {
        /// The connection is closed, and the request goes nowhere.
        case hangUp
        /// As before, but hard.
        case reset
        /// No answer ever comes.
        case silence
        /// The answer comes late.
        case delay(TimeAmount)
        /// The request is carried out, and the connection closed instead of an answer.
        case loseAnswer
        /// An answer of the proxy's own.
        case answer(HTTPResponseStatus, String)

        /// As the service says it when there are too many requests.
        package static let throttling = Fault.answer(
            .badRequest,
            #"{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"slower"}"#
        )
    }

    private let traffic: ProxyTraffic
    private let channel: any Channel

    /// Starts a proxy on a free port.
    ///
    /// - Parameters:
    ///   - upstream: The URL of the other server; nil: every request is answered with an empty object.
    ///   - idleTimeout: How long a connection is kept without use; nil: for ever.
    /// - Throws: What binding the port throws.
    package init(_ upstream: String? = nil, idleTimeout: TimeAmount? = nil) async throws {
        let traffic = ProxyTraffic(upstream)
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 1024)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    if let idleTimeout { try channel.pipeline.syncOperations.addHandler(IdleStateHandler(allTimeout: idleTimeout)) }
                    try channel.pipeline.syncOperations.addHandler(ProxyHandler(traffic))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        self.traffic = traffic
    }

    /// Where it listens.
    package var url: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)" }

    /// From now on does this to requests for an operation, or to all; nil: to none.
    package func inject(_ fault: Fault?, on operation: String? = nil) {
        traffic.state.withLock {
            $0.fault = fault
            $0.operation = operation
        }
    }

    /// How many requests came since the last reset, by operation.
    package var counts: [String: Int] { traffic.state.withLock { $0.counts } }

    /// How many requests came since the last reset.
    package var requests: Int { counts.values.reduce(0, +) }

    /// The most requests that were under way at once.
    package var mostUnderWay: Int { traffic.state.withLock { $0.mostUnderWay } }

    /// Starts the count over.
    package func resetCounts() {
        traffic.state.withLock {
            $0.counts = [:]
            $0.mostUnderWay = $0.underWay
        }
    }

    /// Closes it.
    package func stop() async throws {
        try await channel.close()
        try await traffic.http.shutdown()
    }
}
