//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
public import CircuitBreaker
public import LambdaRuntime

extension LambdaContext: CallContext {
    /// When Lambda ends the invocation.
    public var callDeadline: Timestamp { Timestamp(milliseconds: deadlineMilliseconds) }
}
