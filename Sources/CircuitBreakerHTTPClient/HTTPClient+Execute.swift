//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
public import AsyncHTTPClient
public import CircuitBreaker
public import Logging
import NIOCore

/// What an answer says about the server that gave it; nil: as its status does.
public typealias ResponseJudge = @Sendable (HTTPClientResponse) -> CircuitBreaker.Verdict?

extension HTTPClient {
    /// Makes a request if the circuit admits it, and learns from the answer.
    ///
    /// ```swift
    /// let response = try await client.execute(HTTPClientRequest(url: url), through: breaker, timeout: .seconds(3))
    /// ```
    ///
    /// An answer with 429 or 5xx is a failure, and reaches the caller as it is; its `Retry-After` is taken into account. 501 and 505 say nothing about the server.
    /// So do requests that cannot be sent to anybody, a client that is shut down, and calls whose caller was cancelled. Every other error is judged by the breaker's configuration.
    ///
    /// The time limits hold for the head of the answer. What limits its body is the client's `timeout.read`; with `untilBodyEnds`, a call whose body has not ended within
    /// the time limit counts as timed out, and the body can still be read.
    /// - Parameters:
    ///   - request: what to ask.
    ///   - breaker: the circuit of what is asked.
    ///   - deadline: when the caller itself will be ended, a Lambda invocation's deadline say; the call ends earlier by the configuration's `deadlineMargin`.
    ///   - timeout: how long the head of the answer may take; nil: as the configuration says.
    ///   - untilBodyEnds: whether the call ends with the answer's body, so that one that breaks off has failed. Otherwise the head decides. It ends well if the rest
    ///     of the body is not read.
    ///   - logger: of the client.
    ///   - judge: what counts as a failure, where the status does not say it.
    /// - Returns: the answer, whatever its status.
    /// - Throws: what the client throws; ``CircuitBreaker/CircuitBreakerError``; `CancellationError` when the caller was cancelled before the request was made.
    public func execute(
        _ request: HTTPClientRequest,
        through breaker: CircuitBreaker,
        deadline: Timestamp? = nil,
        timeout: Duration? = nil,
        untilBodyEnds: Bool = false,
        logger: Logger? = nil,
        judging judge: @escaping ResponseJudge = { _ in nil }
    ) async throws -> HTTPClientResponse {
        let call = CircuitCall(client: self, request: request, breaker: breaker, logger: logger, judge: judge)
        return try await untilBodyEnds ? call.untilBodyEnds(deadline, timeout) : call.untilHead(deadline, timeout)
    }

    /// Makes a request through the circuit of its host, one of a registry's.
    ///
    /// Redirects are followed within the call, and count for the host that was asked.
    /// - Parameters:
    ///   - request: what to ask.
    ///   - registry: the circuits.
    ///   - key: which circuit; as by default, ``CircuitKey/host(of:)``, each host and port has its own.
    ///   - deadline: when the caller itself will be ended; the call ends earlier by the configuration's `deadlineMargin`.
    ///   - timeout: how long the head of the answer may take; nil: as the configuration says.
    ///   - untilBodyEnds: whether the call ends with the answer's body, so that one that breaks off has failed. Otherwise the head decides.
    ///   - logger: of the client.
    ///   - judge: what counts as a failure, where the status does not say it.
    /// - Returns: the answer, whatever its status.
    /// - Throws: as with a breaker; `HTTPClientError.invalidURL` for an address without a host; ``CircuitBreaker/ConfigurationError`` for a key that makes no id.
    public func execute(
        _ request: HTTPClientRequest,
        through registry: CircuitBreakerRegistry,
        keyedBy key: (HTTPClientRequest) throws -> String = CircuitKey.host(of:),
        deadline: Timestamp? = nil,
        timeout: Duration? = nil,
        untilBodyEnds: Bool = false,
        logger: Logger? = nil,
        judging judge: @escaping ResponseJudge = { _ in nil }
    ) async throws -> HTTPClientResponse {
        try await execute(
            request,
            through: try registry.breaker(for: try key(request)),
            deadline: deadline,
            timeout: timeout,
            untilBodyEnds: untilBodyEnds,
            logger: logger,
            judging: judge
        )
    }
}
