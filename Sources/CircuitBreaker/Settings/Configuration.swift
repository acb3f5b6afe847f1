//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
extension CircuitBreaker {
    /// How a circuit behaves.
    ///
    /// All environments that share a circuit should have the same.
    public struct Configuration: Sendable {
        /// When the circuit opens.
        public var policy: TripPolicy
        /// How it comes back.
        public var recovery: RecoveryPolicy
        /// How it is shared through the store.
        public var sharing: SharingPolicy
        /// How long a call may take before it times out and counts as a failure; nil: no limit.
        public var timeout: Duration?
        /// How long before a deadline a call times out, so that there is time left to record the failure and to answer; nil: deadlines end no call.
        ///
        /// At most a quarter of the time that the deadline leaves when the call begins is kept; the store gets no more than that after the call, even if
        /// ``SharingPolicy/storeTimeout`` is longer.
        public var deadlineMargin: Duration?
        /// A call that its deadline leaves less time than this says nothing about the dependency when it times out.
        public var minimumBudget: Duration
        /// What an error says about the dependency.
        public var judge: @Sendable (any Error) -> Verdict

        /// Creates a configuration; the defaults are those of circuitbreaker-lambda where it has the setting.
        ///
        /// Without a `recovery` the lease is as long as the `timeout` if that is longer than the default lease.
        public init(
            policy: TripPolicy = .failures(5, within: .seconds(60)),
            recovery: RecoveryPolicy? = nil,
            sharing: SharingPolicy = .init(),
            timeout: Duration? = nil,
            deadlineMargin: Duration? = .milliseconds(750),
            minimumBudget: Duration = .milliseconds(500),
            judge: @escaping @Sendable (any Error) -> Verdict = Verdict.standard
        ) {
            self.policy = policy
            self.recovery = recovery ?? RecoveryPolicy(lease: max(RecoveryPolicy().lease, timeout ?? .zero))
            self.sharing = sharing
            self.timeout = timeout
            self.deadlineMargin = deadlineMargin
            self.minimumBudget = minimumBudget
            self.judge = judge
        }

        // Below: the store's answer alone may take longer. Above: a probe that dies would keep the fleet waiting.
        private static let leases: ClosedRange<Duration> = .milliseconds(100) ... .seconds(3600)

        package func rules() throws(ConfigurationError) -> CircuitRules {
            if let timeout {
                try ConfigurationError.check("timeout", timeout)
                try ConfigurationError.check("lease", recovery.lease, atLeast: "timeout", timeout)
            }
            guard recovery.lease >= Self.leases.lowerBound, recovery.lease <= Self.leases.upperBound else {
                throw ConfigurationError(setting: "lease", value: "\(recovery.lease)", allowed: "from 100 ms to 1 hour")
            }
            try ConfigurationError.check("window", policy.window, atLeast: "maxViewAge", sharing.maxViewAge)
            if let deadlineMargin { try ConfigurationError.check("deadlineMargin", deadlineMargin, orZero: true) }
            try ConfigurationError.check("minimumBudget", minimumBudget, orZero: true)
            return try CircuitRules(policy: policy, recovery: recovery, sharing: sharing)
        }
    }
}
