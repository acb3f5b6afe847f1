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
    /// By how much clocks may differ; added to a lease before another environment may reclaim the slot.
    public var maxClockSkew: Duration
    /// The longest that the store may delay one call.
    public var storeTimeout: Duration
    /// How long a store that failed is left alone, the first time; each further failure doubles it, up to sixteen times as long.
    public var storeRetryInterval: Duration
    /// What happens while the store cannot be reached.
    public var onStoreLoss: StoreLoss

    /// Creates a policy.
    public init(
        maxViewAge: Duration = .seconds(1),
        maxClockSkew: Duration = .seconds(1),
        storeTimeout: Duration = .milliseconds(500),
        storeRetryInterval: Duration = .seconds(1),
        onStoreLoss: StoreLoss = .local
    ) {
        self.maxViewAge = maxViewAge
        self.maxClockSkew = maxClockSkew
        self.storeTimeout = storeTimeout
        self.storeRetryInterval = storeRetryInterval
        self.onStoreLoss = onStoreLoss
    }

    package func validate() throws(ConfigurationError) {
        try ConfigurationError.check("maxViewAge", maxViewAge)
        try ConfigurationError.check("maxClockSkew", maxClockSkew, orZero: true)
        try ConfigurationError.check("storeTimeout", storeTimeout)
        try ConfigurationError.check("storeRetryInterval", storeRetryInterval)
    }
}
