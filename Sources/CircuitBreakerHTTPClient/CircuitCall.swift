//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AsyncHTTPClient
import CircuitBreaker
import HTTPGuard
import HTTPVerdicts
import Logging
import NIOCore
import NIOHTTP1

// One request through a circuit.
struct CircuitCall: Sendable {
    private enum End: Sendable {
        case answer(HTTPClientResponse)
        case unasked(any Error)
    }

    let client: HTTPClient
    let request: HTTPClientRequest
    let breaker: CircuitBreaker
    let logger: Logger?
    let judge: ResponseJudge

    // The call ends with the head of the answer.
    func untilHead(_ deadline: Timestamp?, _ timeout: Duration?) async throws -> HTTPClientResponse {
        let end = try await breaker.run(deadline: deadline, timeout: timeout) { end in
            if case .answer(let response) = end { verdict(on: response) } else { .ignored }
        } _: { () async throws -> End in
            do {
                return .answer(try await execute())
            } catch let error as HTTPClientError where error.saysNothing {
                return .unasked(error)
            }
        }
        switch end {
        case .answer(let response): return response
        case .unasked(let error): throw error
        }
    }

    // The call ends with the body of the answer.
    func untilBodyEnds(_ deadline: Timestamp?, _ timeout: Duration?) async throws -> HTTPClientResponse {
        switch try await breaker.acquire(deadline: deadline, timeout: timeout) {
        case .rejected(let rejection):
            throw CircuitBreakerError.rejected(rejection)
        case .permit(let permit):
            let timedOut = CircuitBreakerError.timedOut(after: permit.timeLimit ?? .zero)
            let work = Task { try await execute() }
            let call = SharedPermit(permit, of: breaker) { work.cancel() }
            let response: HTTPClientResponse
            do {
                response = try await withTaskCancellationHandler {
                    try await work.value
                } onCancel: {
                    work.cancel()
                }
            } catch {
                guard await !call.hasTimedOut() else { throw timedOut }
                await call.end(by: error)
                throw error
            }
            guard await !call.hasTimedOut() else { throw timedOut }
            let verdict = verdict(on: response)
            guard verdict == .success else {
                await call.settle(verdict)
                return response
            }
            var settling = response
            settling.body = .stream(SettlingBody(body: response.body, call: call))
            return settling
        }
    }

    // The breaker limits its time; the client only has to have a limit.
    private func execute() async throws -> HTTPClientResponse {
        try await client.execute(request, deadline: .now() + .hours(24 * 366), logger: logger)
    }

    private func verdict(on response: HTTPClientResponse) -> CircuitBreaker.Verdict {
        judge(response) ?? .of(status: Int(response.status.code), retryAfter: response.headers.first(name: "retry-after"), at: breaker.now)
    }
}

extension HTTPClientError {
    // Of the server: the request could be sent to nobody, or the client was shut down.
    fileprivate var saysNothing: Bool { isCallersMistake || self == .cancelled }
}

extension SharedPermit {
    func end(by error: any Error) async {
        if (error as? HTTPClientError)?.saysNothing ?? false { await settle(.ignored) } else { await fail(error) }
    }
}
