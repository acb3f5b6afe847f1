//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
extension CircuitBreaker {
    /// Makes a call if the circuit admits it, and learns from how it ends.
    ///
    /// What the operation throws reaches the caller as it is. ``result(judging:of:)`` gives the same by value, which costs less where calls are rejected.
    ///
    /// At the configuration's `timeout`, and a probe's at the end of its lease, the operation is cancelled and the failure is recorded at once; this returns when
    /// the operation has ended. Use ``run(deadline:timeout:judging:_:)`` for an operation that may not respond to cancellation.
    /// - Parameters:
    ///   - judge: what a result says about the dependency.
    ///   - operation: the call.
    /// - Returns: what the operation returned.
    /// - Throws: the operation's own error; ``CircuitBreakerError``; `CancellationError` when the caller was cancelled before the operation began.
    @inlinable
    public func run<Value: Sendable, Failure: Error>(
        judging judge: (Value) -> Verdict = { _ in .success },
        _ operation: @Sendable () async throws(Failure) -> Value
    ) async throws -> Value {
        let word = pass.current()
        if let error = rejectionToThrow(by: word) { throw error }
        switch await result(by: word, judge, operation) {
        case .success(let value): return value
        case .failure(let failure): throw failure.thrown
        }
    }

    /// Makes a call within a time limit if the circuit admits it, and learns from how it ends.
    ///
    /// At the limit the operation is cancelled and left to itself, the failure is recorded and this throws, even if the operation does not respond to cancellation.
    /// - Parameters:
    ///   - deadline: when the caller itself will be ended, a Lambda invocation's deadline say; the call ends earlier by the configuration's `deadlineMargin`.
    ///   - timeout: how long the call may take; nil: as the configuration says.
    ///   - judge: what a result says about the dependency.
    ///   - operation: the call.
    /// - Returns: what the operation returned.
    /// - Throws: the operation's own error; ``CircuitBreakerError``; `CancellationError` when the caller was cancelled before the operation began.
    @inlinable
    public func run<Value: Sendable, Failure: Error>(
        deadline: Timestamp?,
        timeout: Duration? = nil,
        judging judge: (Value) -> Verdict = { _ in .success },
        _ operation: @escaping @Sendable () async throws(Failure) -> Value
    ) async throws -> Value {
        let word = pass.current()
        if let error = rejectionToThrow(by: word) { throw error }
        switch await result(by: word, deadline, timeout, judge, operation) {
        case .success(let value): return value
        case .failure(let failure): throw failure.thrown
        }
    }

    /// Makes a call within a time limit if the circuit admits it, and learns from how it ends.
    /// - Parameters:
    ///   - timeout: how long the call may take.
    ///   - judge: what a result says about the dependency.
    ///   - operation: the call.
    /// - Returns: what the operation returned.
    /// - Throws: the operation's own error; ``CircuitBreakerError``; `CancellationError` when the caller was cancelled before the operation began.
    @inlinable
    public func run<Value: Sendable, Failure: Error>(
        timeout: Duration,
        judging judge: (Value) -> Verdict = { _ in .success },
        _ operation: @escaping @Sendable () async throws(Failure) -> Value
    ) async throws -> Value {
        try await run(deadline: nil, timeout: timeout, judging: judge, operation)
    }

    // What a call that a pass rejects throws.
    @inlinable
    func rejectionToThrow(by word: UInt64) -> (any Error)? {
        PublishedPass.rejectsQuietly(word) ? pass.rejectionToThrow() : nil
    }
}
