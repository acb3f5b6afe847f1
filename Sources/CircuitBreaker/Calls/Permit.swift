//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Logging

extension CircuitBreaker {
    /// The right to make one call.
    ///
    /// Finished exactly once, by one of its methods, each of which consumes it.
    ///
    /// A permit that is forgotten is returned unused, counted in ``CircuitBreaker/Counts/forgottenPermits`` and logged as the mistake it is.
    public struct Permit: ~Copyable, Sendable {
        private let breaker: CircuitBreaker
        private let call: Admitted
        private let span: Telemetry.PermitSpan
        private var isFinished = false

        init(breaker: CircuitBreaker, call: Admitted) {
            self.breaker = breaker
            self.call = call
            span = breaker.telemetry.permitSpan(isProbe: call.isProbe)
        }

        /// Whether this is a probe of a HALF-OPEN circuit.
        public var isProbe: Bool { call.isProbe }

        /// When a probe must have ended, since its slot may then be given to another; nil for other calls.
        public var leaseEnd: Timestamp? { call.call?.call.ticket?.leaseEnd }

        // How long the call may take, from when the permit was given; only one from `acquire(deadline:timeout:)` has it.
        package var timeLimit: Duration? { call.limit.map { .milliseconds($0) } }

        /// The call succeeded.
        public consuming func succeed() async {
            isFinished = true
            span.end("success")
            if !breaker.succeeded(call.word, call.start) { await breaker.ended(call, .success) }
        }

        /// The call succeeded.
        /// - Parameter duration: how long it took, measured by the caller; without it, the time since the permit was given.
        public consuming func succeed(after duration: Duration) async {
            isFinished = true
            span.end("success")
            if !breaker.succeeded(call.word, after: duration) { await breaker.ended(call, .success, after: duration) }
        }

        /// The call failed, as far as the configuration judges the error a failure.
        /// - Parameter error: what the call threw.
        public consuming func fail(_ error: any Error) async {
            isFinished = true
            span.end("failure", error)
            await breaker.ended(call, throwing: error)
        }

        /// The call failed.
        /// - Parameter retryAfter: how long the dependency asked to be left alone, if it did.
        public consuming func fail(retryAfter: Duration? = nil) async {
            isFinished = true
            span.end("failure")
            await breaker.ended(call, .failure(retryAfter: retryAfter), by: .unnamed)
        }

        // The call did not end within its time limit.
        package consuming func timeOut() async {
            isFinished = true
            span.end("timeout")
            await breaker.timedOut(call)
        }

        /// The call was not made, or says nothing of the dependency.
        public consuming func cancel() async {
            isFinished = true
            span.end("unused")
            await breaker.ended(call, .ignored)
        }

        deinit {
            guard !isFinished else { return }
            span.end("forgotten")
            breaker.forget(call)
        }
    }

    /// What came of asking for a permit.
    public enum Acquisition: ~Copyable, Sendable {
        /// The call may be made.
        case permit(Permit)
        /// It may not.
        case rejected(Rejection)
    }

    /// Asks for the right to make one call: for middleware.
    ///
    /// ``run(judging:_:)`` does all of it at once.
    /// - Returns: a permit, to be finished when the call has ended, or a rejection.
    /// - Throws: `CancellationError` when the task is cancelled; no permit is held then.
    @inlinable
    public func acquire() async throws(CancellationError) -> Acquisition {
        let word = pass.current()
        if PublishedPass.rejectsQuietly(word), let rejection = pass.reject() { return .rejected(rejection) }
        return try await acquire(by: word)
    }

    @usableFromInline
    func acquire(by word: UInt64) async throws(CancellationError) -> Acquisition {
        if PublishedPass.admits(word) { return .permit(Permit(breaker: anchor, call: Admitted(word: word, start: watched(word)))) }
        switch await admit(word, deadline: nil, timeout: nil) {
        case .success(let call): return .permit(Permit(breaker: anchor, call: call))
        case .failure(.rejected(let rejection)): return .rejected(rejection)
        case .failure: throw CancellationError()
        }
    }

    // For one who sees to the time limit. Throws `CircuitBreakerError.timedOut` too, where the deadline leaves no time.
    package func acquire(deadline: Timestamp?, timeout: Duration?) async throws -> Acquisition {
        switch await admit(pass.current(), deadline: deadline, timeout: timeout) {
        case .success(let call): return .permit(Permit(breaker: anchor, call: call))
        case .failure(.rejected(let rejection)): return .rejected(rejection)
        case .failure(let failure): throw failure.thrown
        }
    }

    private var anchor: CircuitBreaker { anchors?.here(of: self) ?? self }

    func forget(_ call: Admitted) {
        logger.error("CircuitBreaker permit dropped: finish each permit with succeed, fail or cancel", metadata: ["circuit": "\(id)"])
        state.withLock { $0.counts.forgottenPermits += 1 }
        Task { await ended(call, .ignored) }
    }
}
