//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
extension CircuitBreaker {
    /// Makes a call if the circuit admits it, learns from how it ends, and gives the outcome by value.
    ///
    /// At the configuration's `timeout`, and a probe's at the end of its lease, the operation is cancelled and the failure is recorded at once; this returns when
    /// the operation has ended. Use ``result(deadline:timeout:judging:of:)`` for an operation that may not respond to cancellation.
    /// - Parameters:
    ///   - judge: what a result says about the dependency.
    ///   - operation: the call.
    /// - Returns: what the operation returned, or why there is nothing.
    @inlinable
    public func result<Value: Sendable, Failure: Error>(
        judging judge: (Value) -> Verdict = { _ in .success },
        of operation: @Sendable () async throws(Failure) -> Value
    ) async -> Result<Value, CallFailure<Failure>> {
        await result(by: pass.current(), judge, operation)
    }

    @inlinable
    func result<Value: Sendable, Failure: Error>(
        by word: UInt64,
        _ judge: (Value) -> Verdict,
        _ operation: @Sendable () async throws(Failure) -> Value
    ) async -> Result<Value, CallFailure<Failure>> {
        if PublishedPass.rejectsQuietly(word), let rejection = pass.reject() { return .failure(.rejected(rejection)) }
        guard PublishedPass.admitsUnguarded(word) else { return await resultOfAny(word, judge, operation) }
        let start = PublishedPass.isWatched(word) ? watched(word) : 0
        let value: Value
        do throws(Failure) {
            value = try await operation()
        } catch {
            await ended(Admitted(word: word, start: start), throwing: error)
            return .failure(.failed(error))
        }
        let verdict = judge(value)
        if verdict != .success || !succeeded(word, start) { await ended(Admitted(word: word, start: start), verdict) }
        return .success(value)
    }

    /// Makes a call within a time limit if the circuit admits it, learns from how it ends, and gives the outcome by value.
    ///
    /// At the limit the operation is cancelled and left to itself, the failure is recorded and this returns, even if the operation does not respond to cancellation.
    /// - Parameters:
    ///   - deadline: when the caller itself will be ended, a Lambda invocation's deadline say; the call ends earlier by the configuration's `deadlineMargin`.
    ///   - timeout: how long the call may take; nil: as the configuration says.
    ///   - judge: what a result says about the dependency.
    ///   - operation: the call.
    /// - Returns: what the operation returned, or why there is nothing.
    @inlinable
    public func result<Value: Sendable, Failure: Error>(
        deadline: Timestamp?,
        timeout: Duration? = nil,
        judging judge: (Value) -> Verdict = { _ in .success },
        of operation: @escaping @Sendable () async throws(Failure) -> Value
    ) async -> Result<Value, CallFailure<Failure>> {
        await result(by: pass.current(), deadline, timeout, judge, operation)
    }

    @inlinable
    func result<Value: Sendable, Failure: Error>(
        by word: UInt64,
        _ deadline: Timestamp?,
        _ timeout: Duration?,
        _ judge: (Value) -> Verdict,
        _ operation: @escaping @Sendable () async throws(Failure) -> Value
    ) async -> Result<Value, CallFailure<Failure>> {
        if PublishedPass.rejectsQuietly(word), let rejection = pass.reject() { return .failure(.rejected(rejection)) }
        return await guarded(word, deadline, timeout, judge) { limit, admitted in
            guard let limit else { return await CallEnd(operation) }
            let end = await limit.run { await CallEnd(operation) }
            if end == nil { await timedOut(admitted) }
            return end
        }
    }

    @inlinable
    func resultOfAny<Value: Sendable, Failure: Error>(
        _ word: UInt64,
        _ judge: (Value) -> Verdict,
        _ operation: @Sendable () async throws(Failure) -> Value
    ) async -> Result<Value, CallFailure<Failure>> {
        await guarded(word, nil, nil, judge) { limit, admitted in
            guard let limit else { return await CallEnd(operation) }
            return await withoutActuallyEscaping(operation) { operation in
                await limit.runToItsEnd {
                    await CallEnd(operation)
                } isOver: {
                    await timedOut(admitted)
                }
            }
        }
    }

    @inlinable
    func guarded<Value: Sendable, Failure: Error>(
        _ word: UInt64,
        _ deadline: Timestamp?,
        _ timeout: Duration?,
        _ judge: (Value) -> Verdict,
        _ execute: (TimeLimit?, Admitted) async -> CallEnd<Value, Failure>?
    ) async -> Result<Value, CallFailure<Failure>> {
        let admitted: Admitted
        switch await admit(word, deadline: deadline, timeout: timeout) {
        case .success(let call): admitted = call
        case .failure(let failure): return .failure(failure.of(Failure.self))
        }
        let limit = admitted.limit.map { TimeLimit(milliseconds: $0, alarm: alarm) }
        let end = await telemetry.span(id, isProbe: admitted.isProbe) {
            guard admitted.isProbe else { return await execute(limit, admitted) }
            return await asProbe(admitted) { await execute(limit, admitted) }
        }
        return await concluded(admitted, end, judge)
    }

    @inlinable
    func concluded<Value: Sendable, Failure: Error>(
        _ admitted: Admitted,
        _ end: CallEnd<Value, Failure>?,
        _ judge: (Value) -> Verdict
    ) async -> Result<Value, CallFailure<Failure>> {
        switch end {
        case .value(let value)?:
            let verdict = judge(value)
            if verdict != .success || !succeeded(admitted.word, admitted.start) { await ended(admitted, verdict) }
            return .success(value)
        case .error(let error)?:
            await ended(admitted, throwing: error)
            return .failure(.failed(error))
        case nil:
            return .failure(.timedOut(after: .milliseconds(admitted.limit ?? 0)))
        }
    }

    @usableFromInline
    func timedOut(_ admitted: Admitted) async {
        let limit = Duration.milliseconds(admitted.limit ?? 0)
        telemetry.timedOut(limit)
        if let leaseEnd = admitted.call?.call.ticket?.leaseEnd, clock.now >= leaseEnd { tellLeaseTooShort(limit) }
        await conclude(admitted, admitted.isBrief ? .unused : .failure(retryAfter: nil), as: .timedOut(limit), by: .timeLimit)
    }

    // Counts a success of a call that a pass admitted; false: the session must count it.
    @usableFromInline
    func succeeded(_ word: UInt64, _ start: Int64) -> Bool {
        guard word != 0 else { return false }
        guard PublishedPass.isWatched(word) else { return pass.countSuccess(word) }
        return succeeded(word, after: .nanoseconds(stopwatch.nanoseconds - start))
    }

    // The same for a call whose duration is known.
    func succeeded(_ word: UInt64, after took: Duration) -> Bool {
        guard word != 0, took <= .nanoseconds(settings.slowNanoseconds), pass.countSuccess(word) else { return false }
        guard tellsSuccesses else { return true }
        telemetry.succeeded(took)
        listeners.tell(.succeeded(took, isSlow: false))
        return true
    }

    // Whatever a call throws after its caller was cancelled says nothing about the dependency.
    package func verdict(on error: any Error) -> Verdict {
        Task.isCancelled ? .ignored : settings.judge(error)
    }

    @usableFromInline
    func ended(_ admitted: Admitted, throwing error: any Error) async {
        if Task.isCancelled, took(since: admitted.start) > .nanoseconds(settings.slowNanoseconds) {
            // What error it is says nothing, but that it took so long does.
            return await conclude(admitted, .success(isSlow: true), as: .returnedUnused)
        }
        await ended(admitted, verdict(on: error), by: .thrown(type(of: error)))
    }

    @usableFromInline
    func ended(_ admitted: Admitted, _ verdict: Verdict, by cause: FailureCause = .result) async {
        await ended(admitted, verdict, after: took(since: admitted.start), by: cause)
    }

    func ended(_ admitted: Admitted, _ verdict: Verdict, after took: Duration, by cause: FailureCause = .result) async {
        switch verdict {
        case .success:
            let isSlow = took > .nanoseconds(settings.slowNanoseconds)
            telemetry.succeeded(took, isSlow: isSlow)
            await conclude(admitted, .success(isSlow: isSlow), as: .succeeded(took, isSlow: isSlow))
        case .failure(let retryAfter):
            telemetry.failed(took)
            await conclude(admitted, .failure(retryAfter: retryAfter.map { max(0, $0.milliseconds) }), as: .failed(took), by: cause)
        case .ignored:
            await conclude(admitted, .unused, as: .returnedUnused)
        }
    }

    // Whether anybody wants to know of each success, beside the circuit itself.
    private var tellsSuccesses: Bool { telemetry.isOn || !listeners.isEmpty }

    private func took(since start: Int64) -> Duration {
        start == 0 ? .zero : stopwatch.duration(since: start)
    }
}

// How an operation ended on its own.
@usableFromInline
enum CallEnd<Value: Sendable, Failure: Error>: Sendable {
    case value(Value)
    case error(Failure)

    @inlinable
    init(_ operation: @Sendable () async throws(Failure) -> Value) async {
        do throws(Failure) {
            self = .value(try await operation())
        } catch {
            self = .error(error)
        }
    }
}
