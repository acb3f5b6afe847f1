//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import CircuitBreaker
package import Logging

// The function of the pattern: calls a dependency through a breaker, and answers with the fallback when there is no better answer.
package struct UnreliableService: Sendable {
    package let breaker: CircuitBreaker
    private let dependency: any Dependency
    private let logger: Logger

    package init(breaker: CircuitBreaker, dependency: any Dependency, logger: Logger) {
        self.breaker = breaker
        self.dependency = dependency
        self.logger = logger
    }

    // Answers always. The deadline is when the environment would be ended while still at work; the logger is that of the request, if it has one.
    package func handle(_ request: ServiceRequest, deadline: Timestamp? = nil, logger: Logger? = nil) async -> ServiceResponse {
        let logger = logger ?? self.logger
        if let refusal = dependency.refusal(of: request) { return withState(refusal) }
        let limit = [dependency.timeLimit, breaker.configuration.timeout].compactMap(\.self).min()
        let dependency = dependency
        do {
            let response = try await breaker.run(deadline: deadline, timeout: limit) {
                try await dependency.call(request)
            } fallback: { reason in
                if case .failed(UpstreamError.unsupported(let answer)) = reason { return answer }
                logger.info("Expensive Fallback Successful", metadata: ["reason": "\(reason)"])
                return fallback(reason)
            }
            return withState(response)
        } catch {
            // Only a cancelled caller comes here: no one waits for an answer.
            return withState(fallback(.cancelled))
        }
    }

    private func withState(_ response: ServiceResponse) -> ServiceResponse {
        var response = response
        response.headers["Circuit-State"] = breaker.view.state.rawValue
        return response
    }

    private func fallback(_ reason: CallFailure<any Error>) -> ServiceResponse {
        var response = ServiceResponse(message: "Fallback", outcome: outcome(reason))
        response.headers["Circuit-Fallback"] = response.outcome.rawValue
        response.headers["Circuit-Reason"] = headerValue("\(reason)")
        if case .rejected(let rejection) = reason {
            response.headers["Retry-After"] = "\(rejection.retryAfterSeconds)"
        }
        return response
    }

    private func outcome(_ reason: CallFailure<any Error>) -> ServiceOutcome {
        switch reason {
        case .rejected: .rejected
        // The time was over before the call began: it was not made.
        case .timedOut(after: .zero), .cancelled: .unused
        case .timedOut: .timedOut
        case .failed(let error):
            switch breaker.verdict(on: error) {
            case .success: .unusable
            case .failure: .failed
            case .ignored: .unused
            }
        }
    }

    // Operators' words may be in it: what a header cannot carry is left out.
    private func headerValue(_ text: String) -> String {
        String(decoding: text.utf8.prefix(256).map { (0x20..<0x7F).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}
