//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

public import Logging

/// What Lambda says about one invocation.
public struct LambdaContext: Sendable {
    /// The id of the invocation.
    public let requestID: String

    /// The X-Ray tracing header; empty if Lambda sent none.
    public let traceID: String

    /// The ARN by which the function was invoked; empty if Lambda sent none.
    public let invokedFunctionARN: String

    /// When Lambda ends the invocation.
    public let deadline: LambdaClock.Instant

    /// Logs in the format that the function is configured for, with the request id in every record.
    public let logger: Logger

    /// Creates a context, for tests of a handler.
    public init(
        requestID: String,
        traceID: String = "",
        invokedFunctionARN: String = "",
        deadline: LambdaClock.Instant,
        logger: Logger
    ) {
        self.requestID = requestID
        self.traceID = traceID
        self.invokedFunctionARN = invokedFunctionARN
        self.deadline = deadline
        self.logger = logger
    }

    /// The deadline in milliseconds since the Unix epoch.
    public var deadlineMilliseconds: Int64 { deadline.millisecondsSinceEpoch() }

    /// The time left until the deadline; negative once it has passed.
    public func getRemainingTime() -> Duration { LambdaClock().now.duration(to: deadline) }
}
