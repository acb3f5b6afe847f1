//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// When a CLOSED circuit opens.
public struct TripPolicy: Hashable, Sendable {
    package enum Rule: Hashable, Sendable {
        case failures(Int, share: Double)
        case consecutiveFailures(Int)
        case failureRate(Double, minimumCalls: Int)
    }

    package struct SlowCalls: Hashable, Sendable {
        package var rate: Double
        package var limit: Duration
        package var minimumCalls: Int
    }

    package var rule: Rule
    package var window: Duration
    package var slow: SlowCalls?
    package var minimumReporters = 1

    /// Opens at a number of failures of the whole fleet within a while, if they are a share of its calls too.
    ///
    /// Without the share (0) a bare count decides. Then the larger the fleet, the fewer errors open its circuit: five failures within a minute are one call in twenty
    /// for a fleet that makes a hundred, and one in a million for one that makes five million. Use it only where the fleet makes few calls.
    /// - Parameters:
    ///   - count: the threshold, at least 1.
    ///   - window: the while; kept in about ten slices, so that it reaches back for at most a tenth more.
    ///   - share: which share of the calls must have failed, at most 1; 0: any.
    /// - Returns: the policy.
    public static func failures(_ count: Int, within window: Duration, share: Double = 0.2) -> TripPolicy {
        TripPolicy(rule: .failures(count, share: share), window: window)
    }

    /// Opens at a number of failures of the whole fleet without a success between them.
    /// - Parameter count: the threshold, at least 1.
    /// - Returns: the policy.
    public static func consecutiveFailures(_ count: Int) -> TripPolicy {
        TripPolicy(rule: .consecutiveFailures(count), window: .seconds(60))
    }

    /// Opens when a share of the fleet's calls within a while failed.
    /// - Parameters:
    ///   - rate: the threshold, above 0 and at most 1.
    ///   - minimumCalls: below this many calls nothing is concluded, at least 1.
    ///   - window: the while; kept in about ten slices, so that it reaches back for at most a tenth more.
    /// - Returns: the policy.
    public static func failureRate(_ rate: Double, minimumCalls: Int, within window: Duration) -> TripPolicy {
        TripPolicy(rule: .failureRate(rate, minimumCalls: minimumCalls), window: window)
    }

    /// Opens as well when a share of the calls took longer than a limit, though they did not fail.
    ///
    /// The share is taken over the same while as the policy's own; with ``consecutiveFailures(_:)``, over a minute.
    /// A slow probe then counts as a failed one.
    /// - Parameters:
    ///   - rate: the threshold, above 0 and at most 1.
    ///   - limit: a call that takes longer is slow.
    ///   - minimumCalls: below this many calls nothing is concluded, at least 1.
    /// - Returns: the policy.
    public func orSlowCalls(_ rate: Double, longerThan limit: Duration, minimumCalls: Int) -> TripPolicy {
        var policy = self
        policy.slow = SlowCalls(rate: rate, limit: limit, minimumCalls: minimumCalls)
        return policy
    }

    /// Lets the fleet open only when several environments saw failures; until then an environment opens for itself alone.
    ///
    /// One environment with a broken network must not cut off all others.
    /// - Parameter count: how many environments, at least 1.
    /// - Returns: the policy.
    public func minimumReporters(_ count: Int) -> TripPolicy {
        var policy = self
        policy.minimumReporters = count
        return policy
    }

    package func validate() throws(ConfigurationError) {
        switch rule {
        case .failures(let count, let share):
            try ConfigurationError.check("failures", count, in: 1...Int.max)
            guard (0...1).contains(share) else { throw ConfigurationError(setting: "share", value: "\(share)", allowed: "from 0 to 1") }
        case .consecutiveFailures(let count): try ConfigurationError.check("consecutiveFailures", count, in: 1...Int.max)
        case .failureRate(let rate, let minimumCalls):
            try ConfigurationError.check("failureRate", rate: rate)
            try ConfigurationError.check("minimumCalls", minimumCalls, in: 1...Int.max)
        }
        try ConfigurationError.check("within", window)
        if let slow {
            try ConfigurationError.check("slow call rate", rate: slow.rate)
            try ConfigurationError.check("slow call limit", slow.limit)
            try ConfigurationError.check("minimumCalls of slow calls", slow.minimumCalls, in: 1...Int.max)
        }
        try ConfigurationError.check("minimumReporters", minimumReporters, in: 1...1000)
    }
}
