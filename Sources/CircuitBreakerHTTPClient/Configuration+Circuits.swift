//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
public import AsyncHTTPClient
import HTTPGuard

extension HTTPClient.Configuration {
    /// A configuration for requests through circuits.
    ///
    /// ```swift
    /// let client = HTTPClient(configuration: .forCircuits(.init(timeout: .init(connect: .seconds(1), read: .seconds(10)))))
    /// ```
    ///
    /// By default the client goes on trying where a connection is refused, which is an answer; and some answers that no server may give, a status below 100 say, stop
    /// the whole process. Neither happens here. The client then speaks HTTP/1.1 only.
    /// - Parameter configuration: what else it shall have. Its `http1_1ConnectionDebugInitializer` is replaced.
    /// - Returns: the configuration.
    public static func forCircuits(_ configuration: HTTPClient.Configuration = .init()) -> HTTPClient.Configuration {
        var configuration = configuration
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.guardAnswers()
        return configuration
    }
}
