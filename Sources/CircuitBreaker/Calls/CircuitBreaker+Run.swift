//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
extension CircuitBreaker {
    /// Makes a call if the circuit admits it, and learns from how it ends.
    ///
    /// The call is cut at the configuration's `timeout`, and a probe at the end of its lease: the operation is cancelled, the failure is recorded at once,
    /// and this returns when the operation has ended. Use ``run(deadline:timeout:judging:_:)`` for an operation that may not heed cancellation.
    /// - Parameters:
    ///   - judge: what a result says about the dependency.
    ///   - operation: the call.
    /// - Returns: what the operation returned.
    /// - Throws: ``CircuitBreakerError``.
    @inlinable
    public func run<Value: Sendable, Failure: Error>(
        judging judge: (Value) -> Verdict = { _ in .success },
        _ operation: @Sendable () async throws(Failure) -> Value
    ) async throws(CircuitBreakerError<Failure>) -> Value {
        let pass = freePass.current()
        guard pass != 0, pass & FreePass.refuses == 0 else {
            if pass != 0, let rejection = freePass.reject() { throw .rejected(rejection) }
            return try await runByEngine(judge, operation)
        }
        let value: Value
        do throws(Failure) {
            value = try await operation()
        } catch {
            await endedBadly(pass, error)
            throw .failed(error)
        }
        let verdict = judge(value)
        if verdict == .success {
            freePass.countSuccess()
        } else {
            await ended(pass, verdict)
        }
        return value
    }

    /// Makes a call within a time limit if the circuit admits it, and learns from how it ends.
    ///
    /// At the limit the operation is cancelled and left to itself, the failure is recorded and this throws, even if the operation does not heed cancellation.
    /// - Parameters:
    ///   - deadline: when the caller itself will be ended, a Lambda invocation's deadline say; the call is cut earlier by the configuration's `deadlineMargin`.
    ///   - timeout: how long the call may take; nil: as the configuration says.
    ///   - judge: what a result says about the dependency.
    ///   - operation: the call.
    /// - Returns: what the operation returned.
    /// - Throws: ``CircuitBreakerError``.
    public func run<Value: Sendable, Failure: Error>(
        deadline: Timestamp?,
        timeout: Duration? = nil,
        judging judge: (Value) -> Verdict = { _ in .success },
        _ operation: @escaping @Sendable () async throws(Failure) -> Value
    ) async throws(CircuitBreakerError<Failure>) -> Value {
        let clock = clock
        return try await guarded(deadline: deadline, timeout: timeout, judge) { limit, cut in
            guard let limit else { return await Ended(operation) }
            if let ended = await first(within: limit, clock: clock, passesCancellationOn: true, { await Ended(operation) }) { return ended }
            await cut()
            return .cut
        }
    }

    /// Makes a call within a time limit if the circuit admits it, and learns from how it ends.
    /// - Parameters:
    ///   - timeout: how long the call may take.
    ///   - judge: what a result says about the dependency.
    ///   - operation: the call.
    /// - Returns: what the operation returned.
    /// - Throws: ``CircuitBreakerError``.
    public func run<Value: Sendable, Failure: Error>(
        timeout: Duration,
        judging judge: (Value) -> Verdict = { _ in .success },
        _ operation: @escaping @Sendable () async throws(Failure) -> Value
    ) async throws(CircuitBreakerError<Failure>) -> Value {
        try await run(deadline: nil, timeout: timeout, judging: judge, operation)
    }

    @usableFromInline
    func runByEngine<Value: Sendable, Failure: Error>(
        _ judge: (Value) -> Verdict,
        _ operation: @Sendable () async throws(Failure) -> Value
    ) async throws(CircuitBreakerError<Failure>) -> Value {
        let clock = clock
        return try await guarded(deadline: nil, timeout: nil, judge) { limit, cut in
            guard let limit else { return await Ended(operation) }
            return await withoutActuallyEscaping(operation) { operation in
                await withTaskGroup(of: Ended<Value, Failure>?.self) { group in
                    group.addTask { await Ended(operation) }
                    group.addTask { (try? await clock.sleep(for: limit)) == nil ? nil : .cut }
                    var ended = await group.next() ?? nil
                    // The timer ends without a word when the caller is cancelled.
                    if ended == nil { ended = await group.next() ?? nil }
                    group.cancelAll()
                    if case .cut? = ended { await cut() }
                    return ended ?? .cut
                }
            }
        }
    }

    // MARK: the healthy path's exits

    @usableFromInline
    func endedBadly(_ pass: UInt64, _ error: any Error) async {
        await ended(pass, verdict(on: error))
    }

    @usableFromInline
    func ended(_ pass: UInt64, _ verdict: Verdict) async {
        await conclude(ticket(of: pass), verdict)
    }

    // Whatever a call throws after its caller was cancelled says nothing about the dependency.
    private func verdict(on error: any Error) -> Verdict {
        Task.isCancelled ? .ignored : configuration.judge(error)
    }

    // MARK: through the engine

    private func guarded<Value: Sendable, Failure: Error>(
        deadline: Timestamp?,
        timeout: Duration?,
        _ judge: (Value) -> Verdict,
        _ execute: (_ limit: Duration?, _ cut: @Sendable () async -> Void) async -> Ended<Value, Failure>
    ) async throws(CircuitBreakerError<Failure>) -> Value {
        var allowance = allowance()
        let ticket: Ticket
        switch await admit(&allowance) {
        case .ticket(let admitted): ticket = admitted
        case .rejected(let rejection): throw .rejected(rejection)
        case .cancelled: throw .cancelled
        }
        let limit = limit(of: ticket, deadline: deadline, timeout: timeout)
        if let limit, limit <= .zero {
            await conclude(ticket, .ignored, &allowance)
            throw .timedOut(after: .zero)
        }
        let left = allowance
        let ended = await telemetry.span(id, isProbe: ticket.isProbe) {
            await execute(limit) { await cut(ticket, after: limit ?? .zero, left) }
        }
        switch ended {
        case .value(let value):
            await conclude(ticket, judge(value), &allowance)
            return value
        case .error(let error):
            await conclude(ticket, verdict(on: error), &allowance)
            throw .failed(error)
        case .cut:
            throw .timedOut(after: limit ?? .zero)
        }
    }

    private func limit(of ticket: Ticket, deadline: Timestamp?, timeout: Duration?) -> Duration? {
        let now = clock.now
        var limit = timeout ?? configuration.timeout
        if let deadline, let margin = configuration.deadlineMargin {
            let left = now.duration(to: deadline) - margin
            limit = min(limit ?? left, left)
        }
        if let expiry = ticket.leaseEnd {
            let left = now.duration(to: expiry)
            limit = min(limit ?? left, left)
        }
        return limit
    }

    private func cut(_ ticket: Ticket, after limit: Duration, _ allowance: StoreAllowance) async {
        var allowance = allowance
        telemetry.failed(limit)
        await finish(ticket, .failure(retryAfter: nil), as: .timedOut(limit), &allowance)
    }
}

// How an operation ended.
enum Ended<Value: Sendable, Failure: Error>: Sendable {
    case value(Value)
    case error(Failure)
    case cut

    init(_ operation: @Sendable () async throws(Failure) -> Value) async {
        do throws(Failure) {
            self = .value(try await operation())
        } catch {
            self = .error(error)
        }
    }
}
