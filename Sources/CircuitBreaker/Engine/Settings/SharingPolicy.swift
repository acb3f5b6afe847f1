//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// How an environment shares a circuit with the others through the store.
public struct SharingPolicy: Hashable, Sendable {
    /// What an environment does while it cannot reach the store.
    public enum StoreLoss: String, Hashable, Sendable, CaseIterable {
        /// It protects itself by the same rules, beginning with what it last knew.
        case local
        /// It rejects what the last known state rejects, until that state's next attempt is due, and admits all else.
        case lastKnown
        /// It admits every call.
        case allow
        /// It rejects every call.
        case reject
    }

    /// How old a view of the record may be when a call is admitted by it.
    public var maxViewAge: Duration
    /// The same while all is well: the circuit in view is CLOSED, no call in its window failed or was slow, there is no order, and nothing went wrong in this
    /// environment. Never less than ``maxViewAge``.
    public var maxHealthyViewAge: Duration
    /// Up to which age such a view still admits calls while the record is read beside them, so that none waits for the store; zero: calls wait.
    public var lookBeside: Duration
    /// By how much clocks may differ; added to a lease before another environment may reclaim the slot.
    public var maxClockSkew: Duration
    /// The longest that the store may delay one call.
    public var storeTimeout: Duration
    /// How long a store that failed is left alone, the first time; each further failure doubles it, up to sixteen times as long.
    public var storeRetryInterval: Duration
    /// What happens while the store cannot be reached.
    public var onStoreLoss: StoreLoss
    /// How many failures open the circuit of one environment alone while it cannot reach the store, if the policy takes more: it sees none of the others'.
    ///
    /// The policy's share must have failed too; with a failure rate, that share of the environment's own calls.
    public var alone: Int

    /// Creates a policy.
    public init(
        maxViewAge: Duration = .seconds(1),
        maxHealthyViewAge: Duration = .seconds(4),
        lookBeside: Duration = .seconds(300),
        maxClockSkew: Duration = .seconds(1),
        storeTimeout: Duration = .milliseconds(500),
        storeRetryInterval: Duration = .seconds(1),
        onStoreLoss: StoreLoss = .local,
        alone: Int = 5
    ) {
        self.maxViewAge = maxViewAge
        self.maxHealthyViewAge = maxHealthyViewAge
        self.lookBeside = lookBeside
        self.maxClockSkew = maxClockSkew
        self.storeTimeout = storeTimeout
        self.storeRetryInterval = storeRetryInterval
        self.onStoreLoss = onStoreLoss
        self.alone = alone
    }

    package func validate() throws(ConfigurationError) {
        try ConfigurationError.check("maxViewAge", maxViewAge)
        try ConfigurationError.check("maxHealthyViewAge", maxHealthyViewAge)
        try ConfigurationError.check("lookBeside", lookBeside, orZero: true)
        try ConfigurationError.check("maxClockSkew", maxClockSkew, orZero: true)
        try ConfigurationError.check("storeTimeout", storeTimeout)
        try ConfigurationError.check("storeRetryInterval", storeRetryInterval)
        try ConfigurationError.check("alone", alone, in: 1...Int.max)
    }
}
