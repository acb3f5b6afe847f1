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
        /// How long a call may take before it is cut and counted as a failure; nil: no limit.
        public var timeout: Duration?
        /// How long before a deadline a call is cut, so that there is time left to record the failure and to answer; nil: deadlines cut no call.
        public var deadlineMargin: Duration?
        /// What an error says about the dependency.
        public var judge: @Sendable (any Error) -> Verdict

        /// Creates a configuration; the defaults are those of circuitbreaker-lambda where it has the setting.
        public init(
            policy: TripPolicy = .failures(5, within: .seconds(60)),
            recovery: RecoveryPolicy = .init(),
            sharing: SharingPolicy = .init(),
            timeout: Duration? = nil,
            deadlineMargin: Duration? = .milliseconds(750),
            judge: @escaping @Sendable (any Error) -> Verdict = Verdict.standard
        ) {
            self.policy = policy
            self.recovery = recovery
            self.sharing = sharing
            self.timeout = timeout
            self.deadlineMargin = deadlineMargin
            self.judge = judge
        }

        package func rules() throws(ConfigurationError) -> CircuitRules {
            if let timeout {
                try ConfigurationError.check("timeout", timeout)
                guard timeout <= recovery.lease else {
                    throw ConfigurationError(
                        setting: "timeout",
                        value: "\(timeout)",
                        bound: .init(words: "at most", setting: "lease", value: "\(recovery.lease)")
                    )
                }
            }
            if let deadlineMargin { try ConfigurationError.check("deadlineMargin", deadlineMargin, orZero: true) }
            return try CircuitRules(policy: policy, recovery: recovery, sharing: sharing)
        }
    }
}
