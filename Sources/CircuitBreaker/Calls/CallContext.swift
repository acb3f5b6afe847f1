//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// Work that has a deadline: an invocation of a Lambda function, for example.
///
/// The context of this project's `LambdaRuntime` conforms by the product `CircuitBreakerLambda`. That of another runtime conforms in a few lines:
/// ```swift
/// extension LambdaContext: @retroactive CallContext {
///     /// When Lambda ends the invocation.
///     public var callDeadline: Timestamp { Timestamp(milliseconds: deadline.millisecondsSinceEpoch()) }
/// }
/// ```
public protocol CallContext: Sendable {
    /// When the work is ended from outside.
    var callDeadline: Timestamp { get }
}

extension CircuitBreaker {
    /// Makes a call if the circuit admits it, within the time that the context leaves.
    /// - Parameters:
    ///   - context: the invocation that the call is part of. The call times out before its deadline, by the configuration's `deadlineMargin`.
    ///   - timeout: how long the call may take; nil: as the configuration says.
    ///   - judge: what a result says about the dependency.
    ///   - operation: the call.
    /// - Returns: what the operation returned.
    /// - Throws: the operation's own error; ``CircuitBreakerError``; `CancellationError` when the caller was cancelled before the operation began.
    @inlinable
    public func run<Value: Sendable, Failure: Error>(
        context: some CallContext,
        timeout: Duration? = nil,
        judging judge: (Value) -> Verdict = { _ in .success },
        _ operation: @escaping @Sendable () async throws(Failure) -> Value
    ) async throws -> Value {
        try await run(deadline: context.callDeadline, timeout: timeout, judging: judge, operation)
    }

    /// Makes a call if the circuit admits it, within the time that the context leaves; answers with the fallback if it does not, or if the call fails.
    /// - Parameters:
    ///   - context: the invocation that the call is part of. The call times out before its deadline, by the configuration's `deadlineMargin`.
    ///   - timeout: how long the call may take; nil: as the configuration says.
    ///   - judge: what a result says about the dependency.
    ///   - operation: the call.
    ///   - fallback: answers instead, and learns why. Not asked when the caller was cancelled.
    /// - Returns: what the operation or the fallback returned.
    /// - Throws: what the fallback throws; after a cancellation what the operation threw, or `CancellationError`.
    @inlinable
    public func run<Value: Sendable, Failure: Error>(
        context: some CallContext,
        timeout: Duration? = nil,
        judging judge: (Value) -> Verdict = { _ in .success },
        _ operation: @escaping @Sendable () async throws(Failure) -> Value,
        fallback: (CallFailure<Failure>) async throws -> Value
    ) async throws -> Value {
        try await run(deadline: context.callDeadline, timeout: timeout, judging: judge, operation, fallback: fallback)
    }
}
