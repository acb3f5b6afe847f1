//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import Synchronization

// A permit whose call is made by another program, which cannot hold it. It is finished once, by the first that takes it.
final class HeldPermit: Sendable {
    private let permit: Mutex<CircuitBreaker.Permit?>

    init(_ permit: consuming CircuitBreaker.Permit) {
        self.permit = Mutex(permit)
    }

    private func take() -> CircuitBreaker.Permit? {
        permit.withLock { $0.take() }
    }

    func finish(_ outcome: CallOutcome) async {
        guard let permit = take() else { return }
        switch outcome {
        case .success(nil): await permit.succeed()
        case .success(let duration?): await permit.succeed(after: duration)
        case .failure(let retryAfter): await permit.fail(retryAfter: retryAfter)
        case .cancelled: await permit.cancel()
        }
    }
}

// What a client says of a call.
package enum CallOutcome: Hashable, Sendable {
    // How long it took, if the client measured it.
    case success(Duration?)
    // How long the dependency asked to be left alone, if it did.
    case failure(retryAfter: Duration?)
    // It was not made, or says nothing of the dependency.
    case cancelled
}
