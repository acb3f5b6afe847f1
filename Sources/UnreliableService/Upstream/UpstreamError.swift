//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import CircuitBreaker

// Why a call to an upstream has no answer to pass on.
package enum UpstreamError: Error, Hashable {
    // It answered with an error of its own, or asked for fewer requests.
    case status(Int, retryAfter: Duration?)
    // It did not answer.
    case noAnswer(String)
    // It does not know the method or the version that the caller chose, which says nothing of how it is. The answer is passed on.
    case unsupported(ServiceResponse)
    // A kept connection was closed before anything of the answer came, and the request may not be sent twice.
    case connectionLost
    // Its answer is too large to be passed on.
    case answerTooLarge(limit: Int)
    // The request cannot be sent to anybody.
    case invalidRequest(String)

    package static func judge(_ error: any Error) -> CircuitBreaker.Verdict {
        switch error as? UpstreamError {
        case .answerTooLarge: .success
        case .invalidRequest, .unsupported, .connectionLost: .ignored
        case .status, .noAnswer, nil: CircuitBreaker.Verdict.standard(error)
        }
    }
}

extension UpstreamError: RetryAfterError {
    package var retryAfter: Duration? {
        if case .status(_, let retryAfter) = self { retryAfter } else { nil }
    }
}

extension UpstreamError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .status(let status, let retryAfter): "the upstream answered \(status)\(retryAfter.map { ", retry after \($0)" } ?? "")"
        case .noAnswer(let why): "the upstream did not answer: \(why)"
        case .unsupported(let answer): "the upstream answered \(answer.status), which is about the request"
        case .connectionLost: "the connection was closed before an answer came, and the request may not be sent twice"
        case .answerTooLarge(let limit): "the upstream's answer is larger than \(limit) bytes"
        case .invalidRequest(let why): "the request cannot be sent: \(why)"
        }
    }
}
