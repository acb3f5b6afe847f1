//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
public import CircuitBreaker

/// How the circuits are set, by the library's own policies: each algorithm takes what it has a setting for.
public struct CircuitSettings: Codable, Hashable, Sendable {
    /// When the circuit opens.
    public var policy: TripPolicy
    /// How it comes back.
    public var recovery: RecoveryPolicy
    /// How it is shared through the store.
    public var sharing: SharingPolicy
    /// How long a call may take; nil: no limit but that of its invocation.
    public var timeout: Milliseconds?
    /// How long before an invocation's end a call times out; nil: it does not.
    public var deadlineMargin: Milliseconds?
    /// A call that an invocation's end leaves less time than this says nothing about the downstream when it times out.
    public var minimumBudget: Milliseconds

    /// Creates settings; the defaults are the library's, but for the threshold.
    public init(
        policy: TripPolicy = .failures(20, within: .seconds(60)),
        recovery: RecoveryPolicy = .init(),
        sharing: SharingPolicy = .init(),
        timeout: Milliseconds? = nil,
        deadlineMargin: Milliseconds? = 750,
        minimumBudget: Milliseconds = 500
    ) {
        self.policy = policy
        self.recovery = recovery
        self.sharing = sharing
        self.timeout = timeout
        self.deadlineMargin = deadlineMargin
        self.minimumBudget = minimumBudget
    }
}

extension CircuitSettings {
    // The same as the library's breakers have it.
    package var configuration: CircuitBreaker.Configuration {
        get {
            CircuitBreaker.Configuration(
                policy: policy,
                recovery: recovery,
                sharing: sharing,
                timeout: timeout.map { .milliseconds($0) },
                deadlineMargin: deadlineMargin.map { .milliseconds($0) },
                minimumBudget: .milliseconds(minimumBudget)
            )
        }
        set {
            policy = newValue.policy
            recovery = newValue.recovery
            sharing = newValue.sharing
            timeout = newValue.timeout?.milliseconds
            deadlineMargin = newValue.deadlineMargin?.milliseconds
            minimumBudget = newValue.minimumBudget.milliseconds
        }
    }

    // What another that counts failures is given as its threshold.
    var threshold: Int {
        policy.kind == .failureRate ? policy.minimumCalls : policy.threshold
    }
}
