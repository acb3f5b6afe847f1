//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
extension CircuitBreaker {
    /// Makes a call if the circuit admits it, learns from how it ends, and gives the outcome by value.
    ///
    /// At the configuration's `timeout`, and a probe's at the end of its lease, the operation is cancelled and the failure is recorded at once; this returns when
    /// the operation has ended. Use ``result(deadline:timeout:judging:of:)`` for an operation that may not heed cancellation.
    /// - Parameters:
    ///   - judge: what a result says about the dependency.
    ///   - operation: the call.
    /// - Returns: what the operation returned, or why there is nothing.
    @inlinable
    public func result<Value: Sendable, Failure: Error>(
        judging judge: (Value) -> Verdict = { _ in .success },
        of operation: @Sendable () async throws(Failure) -> Value
    ) async -> Result<Value, CallFailure<Failure>> {
        let word = pass.current()
        guard word != 0, word & (PublishedPass.refuses | PublishedPass.watches) == 0, !hasTimeout else {
            return await resultOfAny(word, judge, operation)
        }
        let value: Value
        do throws(Failure) {
            value = try await operation()
        } catch {
            await ended(word, throwing: error)
            return .failure(.failed(error))
        }
        let verdict = judge(value)
        if verdict != .success || !pass.countSuccess(word) { await ended(word, verdict) }
        return .success(value)
    }

    /// Makes a call within a time limit if the circuit admits it, learns from how it ends, and gives the outcome by value.
    ///
    /// At the limit the operation is cancelled and left to itself, the failure is recorded and this returns, even if the operation does not heed cancellation.
    /// - Parameters:
    ///   - deadline: when the caller itself will be ended, a Lambda invocation's deadline say; the call ends earlier by the configuration's `deadlineMargin`.
    ///   - timeout: how long the call may take; nil: as the configuration says.
    ///   - judge: what a result says about the dependency.
    ///   - operation: the call.
    /// - Returns: what the operation returned, or why there is nothing.
    public func result<Value: Sendable, Failure: Error>(
        deadline: Timestamp?,
        timeout: Duration? = nil,
        judging judge: (Value) -> Verdict = { _ in .success },
        of operation: @escaping @Sendable () async throws(Failure) -> Value
    ) async -> Result<Value, CallFailure<Failure>> {
        let alarm = alarm
        return await guarded(pass.current(), limits(deadline: deadline, timeout: timeout), judge) { limit, running in
            guard let limit else { return await CallEnd(operation) }
            if let end = await TimeLimit(milliseconds: limit, alarm: alarm).run({ await CallEnd(operation) }) { return end }
            await timedOut(running, after: limit)
            return .timedOut
        }
    }

    @usableFromInline
    func resultOfAny<Value: Sendable, Failure: Error>(
        _ word: UInt64,
        _ judge: (Value) -> Verdict,
        _ operation: @Sendable () async throws(Failure) -> Value
    ) async -> Result<Value, CallFailure<Failure>> {
        let alarm = alarm
        return await guarded(word, limits(deadline: nil, timeout: nil), judge) { limit, running in
            guard let limit else { return await CallEnd(operation) }
            return await withoutActuallyEscaping(operation) { operation in
                let timeLimit = TimeLimit(milliseconds: limit, alarm: alarm)
                let end = await timeLimit.runToItsEnd { await CallEnd(operation) } isOver: { await timedOut(running, after: limit) }
                return end ?? .timedOut
            }
        }
    }

    private func guarded<Value: Sendable, Failure: Error>(
        _ word: UInt64,
        _ limits: Session.Limits,
        _ judge: (Value) -> Verdict,
        _ execute: (_ limit: Int64?, _ running: RunningCall) async -> CallEnd<Value, Failure>
    ) async -> Result<Value, CallFailure<Failure>> {
        let running: RunningCall
        let limit: Int64?
        switch await admit(word, limits) {
        case .running(let admitted, let left): (running, limit) = (admitted, left)
        case .rejected(let rejection): return .failure(.rejected(rejection))
        case .outOfTime: return .failure(.timedOut(after: .zero))
        case .cancelled: return .failure(.cancelled)
        }
        switch await telemetry.span(id, isProbe: running.ticket?.isProbe ?? false, { await execute(limit, running) }) {
        case .value(let value):
            await conclude(running, judge(value))
            return .success(value)
        case .error(let error):
            await conclude(running, verdict(on: error))
            return .failure(.failed(error))
        case .timedOut:
            return .failure(.timedOut(after: .milliseconds(limit ?? 0)))
        }
    }

    private func limits(deadline: Timestamp?, timeout: Duration?) -> Session.Limits {
        var limits = Session.Limits(timeout: (timeout ?? configuration.timeout)?.milliseconds)
        if let deadline, let margin = configuration.deadlineMargin { limits.end = deadline.adding(-margin.milliseconds) }
        return limits
    }

    private func timedOut(_ running: RunningCall, after limit: Int64) async {
        let limit = Duration.milliseconds(limit)
        telemetry.failed(limit)
        await conclude(running, .failure(retryAfter: nil), as: .timedOut(limit))
    }

    // MARK: the exits of a call that a pass admitted

    @usableFromInline
    func ended(_ word: UInt64, throwing error: any Error) async {
        await ended(word, verdict(on: error))
    }

    @usableFromInline
    func ended(_ word: UInt64, _ verdict: Verdict) async {
        // Nobody asks how long it took.
        await conclude(RunningCall(word: word, call: nil, start: stopwatch.nanoseconds), verdict)
    }

    // Whatever a call throws after its caller was cancelled says nothing about the dependency.
    private func verdict(on error: any Error) -> Verdict {
        Task.isCancelled ? .ignored : configuration.judge(error)
    }

    func conclude(_ running: RunningCall, _ verdict: Verdict) async {
        switch verdict {
        case .success:
            let took = took(running)
            telemetry.succeeded(took)
            let isSlow = slowLimit.map { took > $0 } ?? false
            await conclude(running, .success(isSlow: isSlow), as: .succeeded(took, isSlow: isSlow))
        case .failure(let retryAfter):
            let took = took(running)
            telemetry.failed(took)
            await conclude(running, .failure(retryAfter: retryAfter.map { max(0, $0.milliseconds) }), as: .failed(took))
        case .ignored:
            await conclude(running, .unused, as: .returnedUnused)
        }
    }

    private func took(_ running: RunningCall) -> Duration {
        stopwatch.duration(since: running.start)
    }
}

// How an operation ended.
enum CallEnd<Value: Sendable, Failure: Error>: Sendable {
    case value(Value)
    case error(Failure)
    case timedOut

    init(_ operation: @Sendable () async throws(Failure) -> Value) async {
        do throws(Failure) {
            self = .value(try await operation())
        } catch {
            self = .error(error)
        }
    }
}
