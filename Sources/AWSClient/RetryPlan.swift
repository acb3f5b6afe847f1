//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

/// Decides, after a failed attempt, whether and how the call is tried again.
///
/// Each reason counts once a call.
struct RetryPlan: Sendable {
    enum Step: Sendable, Equatable {
        case giveUp
        /// Send it again, on a connection made for it. The loss of that one is final.
        case resend
        /// Sign it with the service's time and send it again.
        case correctClock
        /// Fetch credentials again and send it again.
        case renewCredentials
    }

    private let isResendable: Bool
    private var hasCorrectedClock = false
    private var hasRenewedCredentials = false

    /// Creates the plan of a call.
    ///
    /// - Parameter isResendable: Whether it does no harm when the service carries the request out twice.
    init(isResendable: Bool) {
        self.isResendable = isResendable
    }

    /// Decides on the next step.
    ///
    /// - Parameters:
    ///   - error: How the attempt failed.
    ///   - route: On which connection it was.
    ///   - mayHaveBeenApplied: Whether the service may have carried out this or an earlier attempt.
    /// - Returns: What to do.
    mutating func step(after error: AWSError, on route: Transport.Route, mayHaveBeenApplied: Bool) -> Step {
        if error.code == .connectionLost, route == .pooled, isResendable || !mayHaveBeenApplied { return .resend }
        if error.answer?.isClockSkew == true, !hasCorrectedClock {
            hasCorrectedClock = true
            return .correctClock
        }
        if error.answer?.isExpiredCredentials == true, !hasRenewedCredentials {
            hasRenewedCredentials = true
            return .renewCredentials
        }
        return .giveUp
    }
}
