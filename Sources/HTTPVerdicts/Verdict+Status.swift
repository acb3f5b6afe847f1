//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import CircuitBreaker

extension CircuitBreaker.Verdict {
    // What an answer's status says about the server that gave it.
    package static func of(status: Int, retryAfter: String?, at now: Timestamp) -> Self {
        switch status {
        // The caller chose a method or a version that the server does not know.
        case 501, 505: .ignored
        case 429, 503: .failure(retryAfter: retryAfter.flatMap { RetryAfter.parse($0, at: now) })
        // The rest of 4xx are the caller's mistakes: a server that recognises them is well, and so a probe that meets one has succeeded.
        case 200..<500: .success
        // No other protocol was requested (101), and there is no status from 600 on.
        default: .failure()
        }
    }
}
