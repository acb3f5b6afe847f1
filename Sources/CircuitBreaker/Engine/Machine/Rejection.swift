//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// No permit: why, in which state, and when to come back.
public struct Rejection: Error, Hashable, Sendable {
    /// Why a call was not admitted.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum Reason: Hashable, Sendable {
        /// The circuit is OPEN; the reason for the change that opened it, if known.
        case open(ChangeReason?)
        /// The circuit is HALF-OPEN and all its probes are under way.
        case probing
        /// The circuit has recovered and still admits only a share of the calls.
        case ramping(share: Double)
        /// An operator ordered it.
        case forcedOpen(CircuitOrder)
        /// The store cannot be reached, and the configuration says to reject then.
        case storeLost
    }

    // Shared by all rejections for the same reason, so that one costs no more than a reference.
    private final class Cause: Sendable {
        let reason: Reason
        let state: CircuitState

        init(reason: Reason, state: CircuitState) {
            self.reason = reason
            self.state = state
        }
    }

    private let cause: Cause
    package var retryAfterMilliseconds: Int64

    package init(reason: Reason, state: CircuitState, retryAfterMilliseconds: Int64) {
        cause = Cause(reason: reason, state: state)
        self.retryAfterMilliseconds = retryAfterMilliseconds
    }

    // The same, in memory of its own.
    func copy() -> Rejection {
        Rejection(reason: reason, state: state, retryAfterMilliseconds: retryAfterMilliseconds)
    }

    /// Creates a rejection, for tests of code that handles one.
    /// - Parameters:
    ///   - reason: why the call was not admitted.
    ///   - state: the circuit's state.
    ///   - retryAfter: how long to wait before it makes sense to come back; rounded up to milliseconds.
    public init(reason: Reason, state: CircuitState, retryAfter: Duration) {
        self.init(reason: reason, state: state, retryAfterMilliseconds: retryAfter.milliseconds)
    }

    /// Why the call was not admitted.
    public var reason: Reason { cause.reason }

    /// The circuit's state.
    public var state: CircuitState { cause.state }

    /// How long to wait before it makes sense to come back.
    public var retryAfter: Duration { .milliseconds(retryAfterMilliseconds) }

    /// The same in whole seconds, rounded up and at least 1, as a Retry-After header has it.
    public var retryAfterSeconds: Int64 {
        max(1, retryAfterMilliseconds / 1000 + (retryAfterMilliseconds % 1000 > 0 ? 1 : 0))
    }
}

extension Rejection {
    /// Whether two rejections have the same reason, state and wait.
    public static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.reason == rhs.reason && lhs.state == rhs.state && lhs.retryAfterMilliseconds == rhs.retryAfterMilliseconds
    }

    /// Hashes the reason, the state and the wait.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(reason)
        hasher.combine(state)
        hasher.combine(retryAfterMilliseconds)
    }
}

extension Rejection: CustomStringConvertible {
    /// One line for people: the state, the reason with its numbers, and when to come back.
    public var description: String {
        let why =
            switch reason {
            case .open(let reason): reason.map { "\($0)" } ?? "reason unknown"
            case .probing: "all probes are under way"
            case .ramping(let share): "admitting \(Int(share * 100)) % of the calls after recovery"
            case .forcedOpen(let order): "\(ChangeReason.ordered(by: order.by, why: order.why))"
            case .storeLost: "the store cannot be reached"
            }
        return "circuit \(state.rawValue): \(why); retry after \(retryAfterMilliseconds) ms"
    }
}
