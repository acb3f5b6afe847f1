//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
extension CircuitBreaker {
    /// Makes a call if the circuit admits it; answers with the fallback if it does not, or if the call fails.
    /// - Parameters:
    ///   - judge: what a result says about the dependency.
    ///   - operation: the call.
    ///   - fallback: answers instead, and learns why. Not asked when the caller was cancelled.
    /// - Returns: what the operation or the fallback returned.
    /// - Throws: what the fallback throws; after a cancellation what the operation threw, or `CancellationError`.
    @inlinable
    public func run<Value: Sendable, Failure: Error>(
        judging judge: (Value) -> Verdict = { _ in .success },
        _ operation: @Sendable () async throws(Failure) -> Value,
        fallback: (CallFailure<Failure>) async throws -> Value
    ) async throws -> Value {
        switch await result(judging: judge, of: operation) {
        case .success(let value): return value
        case .failure(let failure): return try await answer(failure, fallback)
        }
    }

    /// Makes a call within a time limit if the circuit admits it; answers with the fallback if it does not, or if the call fails.
    /// - Parameters:
    ///   - deadline: when the caller itself will be ended; the call ends earlier by the configuration's `deadlineMargin`.
    ///   - timeout: how long the call may take; nil: as the configuration says.
    ///   - judge: what a result says about the dependency.
    ///   - operation: the call.
    ///   - fallback: answers instead, and learns why. Not asked when the caller was cancelled.
    /// - Returns: what the operation or the fallback returned.
    /// - Throws: what the fallback throws; after a cancellation what the operation threw, or `CancellationError`.
    @inlinable
    public func run<Value: Sendable, Failure: Error>(
        deadline: Timestamp?,
        timeout: Duration? = nil,
        judging judge: (Value) -> Verdict = { _ in .success },
        _ operation: @escaping @Sendable () async throws(Failure) -> Value,
        fallback: (CallFailure<Failure>) async throws -> Value
    ) async throws -> Value {
        switch await result(deadline: deadline, timeout: timeout, judging: judge, of: operation) {
        case .success(let value): return value
        case .failure(let failure): return try await answer(failure, fallback)
        }
    }

    /// Makes a call within a time limit if the circuit admits it; answers with the fallback if it does not, or if the call fails.
    /// - Parameters:
    ///   - timeout: how long the call may take.
    ///   - judge: what a result says about the dependency.
    ///   - operation: the call.
    ///   - fallback: answers instead, and learns why. Not asked when the caller was cancelled.
    /// - Returns: what the operation or the fallback returned.
    /// - Throws: what the fallback throws; after a cancellation what the operation threw, or `CancellationError`.
    @inlinable
    public func run<Value: Sendable, Failure: Error>(
        timeout: Duration,
        judging judge: (Value) -> Verdict = { _ in .success },
        _ operation: @escaping @Sendable () async throws(Failure) -> Value,
        fallback: (CallFailure<Failure>) async throws -> Value
    ) async throws -> Value {
        try await run(deadline: nil, timeout: timeout, judging: judge, operation, fallback: fallback)
    }

    @inlinable
    func answer<Value, Failure: Error>(
        _ failure: CallFailure<Failure>,
        _ fallback: (CallFailure<Failure>) async throws -> Value
    ) async throws -> Value {
        if Task.isCancelled { throw failure.thrown }
        return try await fallback(failure)
    }
}
