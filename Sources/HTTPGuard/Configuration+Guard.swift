//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

#if DynamoDB || HTTPClient
    package import AsyncHTTPClient
    import NIOCore
    import NIOHTTP1

    extension HTTPClient.Configuration {
        /// Makes a request fail with ``ImpossibleAnswer`` where async-http-client would stop the process over the server's answer.
        ///
        /// The client then speaks HTTP/1.1 only. Call this last, since it takes the place of `http1_1ConnectionDebugInitializer`.
        package mutating func guardAnswers() {
            httpVersion = .http1Only
            // Called when the connection's handlers are all there, TLS or not, and before its first request.
            http1_1ConnectionDebugInitializer = { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handlers = channel.pipeline.syncOperations
                    let decoder = try handlers.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
                    try handlers.addHandler(AnswerGuard(), position: .after(decoder))
                }
            }
        }
    }
#endif
