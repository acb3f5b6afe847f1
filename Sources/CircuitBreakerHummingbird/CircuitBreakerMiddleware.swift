//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
public import CircuitBreaker
public import HTTPTypes
import HTTPVerdicts
public import Hummingbird
import Logging

/// Protects the routes behind it by the circuit of what they depend on: while that fails, callers get 503 with `Retry-After` at once.
///
/// ```swift
/// router.group("/quote")
///     .add(middleware: CircuitBreakerMiddleware(breaker))
///     .get { _, _ in try await quote() }
/// ```
///
/// An answer with 429 or 5xx is a failure, and so is what a route throws, unless it says otherwise by its own status. 501, 505 and the caller's mistakes, which are
/// 4xx but for 429, say nothing about the dependency: such a route may not have asked it.
///
/// A route that takes longer than the configuration's `timeout` has failed at that time. It is not stopped: give its own requests a time limit.
public struct CircuitBreakerMiddleware<Context: RequestContext>: RouterMiddleware {
    /// What a status and the headers beside it say about the dependency; nil: as by default.
    public typealias Judge = @Sendable (HTTPResponse.Status, HTTPFields) -> CircuitBreaker.Verdict?
    /// What a caller gets whose call was not admitted.
    public typealias Refuse = @Sendable (Rejection, Request, Context) async throws -> Response

    private let breaker: @Sendable (Request, Context) throws -> CircuitBreaker
    private let untilBodyEnds: Bool
    private let judge: Judge
    private let refuse: Refuse

    /// Protects all routes behind it by one circuit.
    /// - Parameters:
    ///   - breaker: the circuit of what the routes depend on.
    ///   - untilBodyEnds: whether a call ends with its answer's body, so that one that breaks off has failed. Otherwise the status decides.
    ///   - judge: what counts as a failure, where that is not as by default.
    ///   - refuse: what a rejected caller gets instead of problem details, the last answer that was good, say.
    public init(
        _ breaker: CircuitBreaker,
        untilBodyEnds: Bool = false,
        judging judge: @escaping Judge = { _, _ in nil },
        refusing refuse: @escaping Refuse = { rejection, request, _ in try rejection.response(to: request) }
    ) {
        self.init(untilBodyEnds: untilBodyEnds, judging: judge, refusing: refuse) { _, _ in breaker }
    }

    /// Protects each request by a circuit of its own choice: one for each tenant of a ``CircuitBreaker/CircuitBreakerRegistry``, say.
    /// - Parameters:
    ///   - untilBodyEnds: whether a call ends with its answer's body, so that one that breaks off has failed. Otherwise the status decides.
    ///   - judge: what counts as a failure, where that is not as by default.
    ///   - refuse: what a rejected caller gets instead of problem details.
    ///   - breaker: chooses the circuit of a request.
    public init(
        untilBodyEnds: Bool = false,
        judging judge: @escaping Judge = { _, _ in nil },
        refusing refuse: @escaping Refuse = { rejection, request, _ in try rejection.response(to: request) },
        choosing breaker: @escaping @Sendable (Request, Context) throws -> CircuitBreaker
    ) {
        self.breaker = breaker
        self.untilBodyEnds = untilBodyEnds
        self.judge = judge
        self.refuse = refuse
    }

    /// Asks the circuit before the route, and tells it how the route ended.
    public func handle(_ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response) async throws
        -> Response
    {
        let breaker = try breaker(request, context)
        switch try await breaker.acquire(deadline: nil, timeout: nil) {
        case .rejected(let rejection):
            context.logger.debug("Rejected by a circuit", metadata: ["circuit": "\(breaker.id)", "reason": "\(rejection)"])
            return try await refuse(rejection, request, context)
        case .permit(let permit):
            return try await answer(SharedPermit(permit, of: breaker), at: { breaker.now }) { try await next(request, context) }
        }
    }

    private func answer(_ call: SharedPermit, at now: () -> Timestamp, _ route: () async throws -> Response) async throws -> Response {
        var response: Response
        do {
            response = try await route()
        } catch let error as any HTTPResponseError where !(error is CircuitBreakerError || error is Rejection) {
            let verdict = verdict(error.status, (error as? HTTPError)?.headers ?? [:], at: now())
            await call.settle(Task.isCancelled ? .ignored : verdict)
            throw error
        } catch {
            await call.fail(error)
            throw error
        }
        let verdict = verdict(response.status, response.headers, at: now())
        if untilBodyEnds, verdict == .success {
            response.body = response.body.settling(call)
        } else {
            await call.settle(verdict)
        }
        return response
    }

    private func verdict(_ status: HTTPResponse.Status, _ headers: HTTPFields, at now: Timestamp) -> CircuitBreaker.Verdict {
        if let verdict = judge(status, headers) { return verdict }
        // It may have been answered before the dependency was asked.
        if status.kind == .clientError, status != .tooManyRequests { return .ignored }
        return .of(status: status.code, retryAfter: headers[.retryAfter], at: now)
    }
}
