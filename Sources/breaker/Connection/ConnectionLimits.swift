//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Hummingbird
import HummingbirdCore
import NIOCore
import UnreliableService

// How long a connection may keep the server waiting.
struct ConnectionLimits: Sendable {
    // Without a whole request head.
    var idle = TimeAmount.seconds(60)
    // From a request's head to its end.
    var request = TimeAmount.seconds(30)

    var server: HTTPServerBuilder {
        let request = request
        return .http1(
            configuration: .init(
                additionalChannelHandlers: [ServerHeads(), ContinueHandler(largestBody: ServiceRequest.largestBody), RequestLimitHandler(request)],
                idleTimeout: idle
            )
        )
    }
}
