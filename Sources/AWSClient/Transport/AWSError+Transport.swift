//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import AsyncHTTPClient
import HTTPGuard
import NIOCore
import NIOHTTP1

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

extension AWSError {
    /// An error of the HTTP client before the head of an answer arrived.
    ///
    /// - Parameters:
    ///   - error: The error.
    ///   - sent: Whether the body of the request had begun to go out.
    init(transport error: any Error, sent: Bool) {
        let clientError = error as? HTTPClientError
        if error is CancellationError || clientError == .cancelled {
            self = Task.isCancelled ? AWSError(.cancelled, "cancelled") : .shutDown
        } else if clientError == .alreadyShutdown {
            self = .shutDown
        } else if error is HTTPParserError || error is ImpossibleAnswer {
            self.init(.badAnswer, "the answer is not HTTP: \(error)")
        } else if sent || Self.isLoss(error) {
            self.init(.connectionLost, "the connection was lost: \(error)")
        } else {
            self.init(.unreachable, "no connection: \(error)")
        }
    }

    static let shutDown = AWSError(.shutDown, "the client was shut down")

    /// Whether a connection was there and is not any more.
    private static func isLoss(_ error: any Error) -> Bool {
        switch error {
        case let error as HTTPClientError: error == .remoteConnectionClosed
        case let error as ChannelError: [.ioOnClosedChannel, .alreadyClosed, .eof].contains(error)
        case let error as IOError: [ECONNRESET, EPIPE, ENOTCONN].contains(error.errnoCode)
        default: false
        }
    }
}
