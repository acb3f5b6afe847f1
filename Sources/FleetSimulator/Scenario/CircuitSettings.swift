//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

/// How the circuits are set: each algorithm takes what it has a setting for.
public struct CircuitSettings: Codable, Hashable, Sendable {
    /// When the circuit opens.
    public enum Policy: Codable, Hashable, Sendable {
        /// At a number of failures within a while.
        case failures(Int, within: Milliseconds)
        /// At a number of failures without a success between them.
        case consecutiveFailures(Int)
        /// At a share of failed calls within a while.
        case failureRate(Double, minimumCalls: Int, within: Milliseconds)
    }

    /// What an environment does while it cannot reach the store.
    public enum StoreLoss: String, Codable, Hashable, Sendable, CaseIterable {
        /// It protects itself by the same rules.
        case local
        /// It goes on by what it last knew.
        case lastKnown
        /// It admits every call.
        case allow
        /// It rejects every call.
        case reject
    }

    /// When the circuit opens.
    public var policy: Policy
    /// The share of slow calls at which it opens as well; nil: slow calls do not matter.
    public var slowCalls: SlowCalls?
    /// How long it stays open the first time.
    public var openTime: Milliseconds
    /// How long at most.
    public var maximumOpenTime: Milliseconds
    /// By which share an open time is made longer at random, from 0 to 1.
    public var jitter: Double
    /// How many probes may run at once.
    public var probes: Int
    /// How many must succeed.
    public var successesToClose: Int
    /// How long a probe may take.
    public var lease: Milliseconds
    /// How long a circuit that recovered admits only a growing share of the calls.
    public var ramp: Milliseconds
    /// How old a view of the record may be.
    public var maxViewAge: Milliseconds
    /// By how much clocks may differ.
    public var maxClockSkew: Milliseconds
    /// The longest that the store may delay one call.
    public var storeTimeout: Milliseconds
    /// What happens while the store cannot be reached.
    public var onStoreLoss: StoreLoss
    /// How long before an invocation's end a call is cut, if the caller itself sets no earlier limit.
    public var deadlineMargin: Milliseconds

    /// When slow calls open a circuit.
    public struct SlowCalls: Codable, Hashable, Sendable {
        /// The share of calls.
        public var rate: Double
        /// A call that takes longer is slow.
        public var longerThan: Milliseconds
        /// Below this many calls nothing is concluded.
        public var minimumCalls: Int

        /// Creates a rule on slow calls.
        public init(rate: Double, longerThan: Milliseconds, minimumCalls: Int) {
            self.rate = rate
            self.longerThan = longerThan
            self.minimumCalls = minimumCalls
        }
    }

    /// Creates settings; the defaults are the library's, but for the threshold and the ramp.
    public init(
        policy: Policy = .failures(20, within: 60_000),
        slowCalls: SlowCalls? = nil,
        openTime: Milliseconds = 10_000,
        maximumOpenTime: Milliseconds = 60_000,
        jitter: Double = 0,
        probes: Int = 1,
        successesToClose: Int = 2,
        lease: Milliseconds = 10_000,
        ramp: Milliseconds = 30_000,
        maxViewAge: Milliseconds = 1000,
        maxClockSkew: Milliseconds = 1000,
        storeTimeout: Milliseconds = 500,
        onStoreLoss: StoreLoss = .local,
        deadlineMargin: Milliseconds = 750
    ) {
        self.policy = policy
        self.slowCalls = slowCalls
        self.openTime = openTime
        self.maximumOpenTime = maximumOpenTime
        self.jitter = jitter
        self.probes = probes
        self.successesToClose = successesToClose
        self.lease = lease
        self.ramp = ramp
        self.maxViewAge = maxViewAge
        self.maxClockSkew = maxClockSkew
        self.storeTimeout = storeTimeout
        self.onStoreLoss = onStoreLoss
        self.deadlineMargin = deadlineMargin
    }
}

extension CircuitSettings {
    func rules() throws(ConfigurationError) -> CircuitRules {
        var trip: TripPolicy =
            switch policy {
            case .failures(let count, let within): .failures(count, within: .milliseconds(within))
            case .consecutiveFailures(let count): .consecutiveFailures(count)
            case .failureRate(let rate, let minimumCalls, let within):
                .failureRate(rate, minimumCalls: minimumCalls, within: .milliseconds(within))
            }
        if let slowCalls {
            trip = trip.orSlowCalls(slowCalls.rate, longerThan: .milliseconds(slowCalls.longerThan), minimumCalls: slowCalls.minimumCalls)
        }
        let recovery = RecoveryPolicy(
            openTime: .milliseconds(openTime),
            maximumOpenTime: .milliseconds(maximumOpenTime),
            jitter: jitter,
            probes: probes,
            successesToClose: successesToClose,
            lease: .milliseconds(lease),
            ramp: .milliseconds(ramp)
        )
        let loss: SharingPolicy.StoreLoss =
            switch onStoreLoss {
            case .local: .local
            case .lastKnown: .lastKnown
            case .allow: .allow
            case .reject: .reject
            }
        let sharing = SharingPolicy(
            maxViewAge: .milliseconds(maxViewAge),
            maxClockSkew: .milliseconds(maxClockSkew),
            storeTimeout: .milliseconds(storeTimeout),
            onStoreLoss: loss
        )
        return try CircuitRules(policy: trip, recovery: recovery, sharing: sharing)
    }

    // What another that counts failures is given as its threshold.
    var threshold: Int {
        switch policy {
        case .failures(let count, _), .consecutiveFailures(let count): count
        case .failureRate(_, let minimumCalls, _): minimumCalls
        }
    }

    // How long another remembers a failure.
    var window: Milliseconds {
        switch policy {
        case .failures(_, let within), .failureRate(_, _, let within): within
        case .consecutiveFailures: 60_000
        }
    }
}
