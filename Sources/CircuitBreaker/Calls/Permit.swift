//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Logging
import Synchronization

/// The right to make one call.
///
/// Finished exactly once, by one of its methods, each of which consumes it.
///
/// A permit that is forgotten is returned unused, counted in ``CircuitBreaker/Counts/forgottenPermits`` and logged as the mistake it is.
public struct Permit: ~Copyable, Sendable {
    let breaker: CircuitBreaker
    let ticket: Ticket
    let judge: @Sendable (any Error) -> Verdict
    var isFinished = false

    init(breaker: CircuitBreaker, ticket: Ticket) {
        self.breaker = breaker
        self.ticket = ticket
        judge = breaker.configuration.judge
    }

    /// Whether this is a probe of a HALF-OPEN circuit.
    public var isProbe: Bool { ticket.isProbe }

    /// When a probe must have ended, since its slot may then be given to another; nil for other calls.
    public var leaseEnd: Timestamp? { ticket.leaseEnd }

    /// The call succeeded.
    public consuming func succeed() async {
        isFinished = true
        await breaker.conclude(ticket, .success)
    }

    /// The call failed, as far as the configuration judges the error a failure.
    /// - Parameter error: what the call threw.
    public consuming func fail(_ error: any Error) async {
        isFinished = true
        await breaker.conclude(ticket, judge(error))
    }

    /// The call failed.
    /// - Parameter retryAfter: how long the dependency asked to be left alone, if it did.
    public consuming func fail(retryAfter: Duration? = nil) async {
        isFinished = true
        await breaker.conclude(ticket, .failure(retryAfter: retryAfter))
    }

    /// The call was not made, or says nothing of the dependency.
    public consuming func cancel() async {
        isFinished = true
        await breaker.conclude(ticket, .ignored)
    }

    deinit {
        guard !isFinished else { return }
        breaker.forget(ticket)
    }
}

/// What came of asking for a permit.
public enum Acquisition: ~Copyable, Sendable {
    /// The call may be made.
    case permit(Permit)
    /// It may not.
    case rejected(Rejection)
}

extension CircuitBreaker {
    /// Asks for the right to make one call: for middleware.
    ///
    /// ``run(judging:_:)`` does all of it at once.
    /// - Returns: a permit, to be finished when the call has ended, or a rejection.
    /// - Throws: `CancellationError` when the task is cancelled; no permit is held then.
    @inlinable
    public func acquire() async throws(CancellationError) -> Acquisition {
        if freePass.current() & FreePass.refuses != 0, let rejection = freePass.reject() { return .rejected(rejection) }
        return try await acquireByEngine()
    }

    @usableFromInline
    func acquireByEngine() async throws(CancellationError) -> Acquisition {
        var allowance = allowance()
        switch await admit(&allowance) {
        case .ticket(let ticket): return .permit(Permit(breaker: self, ticket: ticket))
        case .rejected(let rejection): return .rejected(rejection)
        case .cancelled: throw CancellationError()
        }
    }

    func conclude(_ ticket: Ticket, _ verdict: Verdict) async {
        var allowance = allowance()
        await conclude(ticket, verdict, &allowance)
    }

    func conclude(_ ticket: Ticket, _ verdict: Verdict, _ allowance: inout StoreAllowance) async {
        let took = Duration.milliseconds(max(0, clock.now.since(ticket.admittedAt)))
        switch verdict {
        case .success:
            let isSlow = configuration.policy.slow.map { took > $0.limit } ?? false
            telemetry.succeeded(took)
            await finish(ticket, .success(isSlow: isSlow), as: .succeeded(took, isSlow: isSlow), &allowance)
        case .failure(let retryAfter):
            telemetry.failed(took)
            await finish(ticket, .failure(retryAfter: retryAfter.map { max(0, $0.milliseconds) }), as: .failed(took), &allowance)
        case .ignored:
            await finish(ticket, .unused, as: nil, &allowance)
        }
    }

    func forget(_ ticket: Ticket) {
        logger.error("CircuitBreaker permit dropped: finish each permit with succeed, fail or cancel", metadata: ["circuit": "\(id)"])
        state.withLock { $0.counts.forgottenPermits += 1 }
        Task { await conclude(ticket, .ignored) }
    }
}
