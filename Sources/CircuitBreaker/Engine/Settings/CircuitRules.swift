//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// Everything that the engine decides by, checked, in milliseconds.
package struct CircuitRules: Hashable, Sendable {
    package let policy: TripPolicy
    package let recovery: RecoveryPolicy
    package let sharing: SharingPolicy

    package let window: Int64
    package let bucketWidth: Int64
    package let slowLimit: Int64?
    package let openTime: Int64
    package let maximumOpenTime: Int64
    package let maximumRetryAfter: Int64
    package let lease: Int64
    package let ramp: Int64
    package let maxViewAge: Int64
    package let maxClockSkew: Int64
    package let storeTimeout: Int64
    package let storeRetryInterval: Int64
    package let maxHealthyViewAge: Int64
    package let lookBeside: Int64
    // What opens an environment's own circuit while the store fails it, beside the policy itself; nil: no less than the policy.
    package let alone: TripPolicy?
    package var sampling = SuccessSampling()
    // The longest lease that this process has given: a slot of an earlier one is held no less than it was taken for.
    package private(set) var longestLease: Int64

    // After so many leases in a row that ended without an outcome, HALF-OPEN ends: probes that kill their process are failures too.
    package static let lostProbesToOpen = 3
    // So do so many probes that say nothing.
    package static let unusedProbesToOpen = 10
    // Records of circuits that nobody uses vanish after a day.
    package static let retention: Int64 = 86_400_000

    package init(policy: TripPolicy, recovery: RecoveryPolicy = .init(), sharing: SharingPolicy = .init()) throws(ConfigurationError) {
        try policy.validate()
        try recovery.validate()
        try sharing.validate()
        self.policy = policy
        self.recovery = recovery
        self.sharing = sharing
        window = policy.window.milliseconds
        bucketWidth = max(1, (policy.window.milliseconds + 9) / 10)
        slowLimit = policy.slow?.limit.milliseconds
        openTime = recovery.openTime.milliseconds
        maximumOpenTime = recovery.maximumOpenTime.milliseconds
        maximumRetryAfter = recovery.maximumRetryAfter.milliseconds
        lease = recovery.lease.milliseconds
        longestLease = lease
        ramp = recovery.ramp.milliseconds
        maxViewAge = sharing.maxViewAge.milliseconds
        maxClockSkew = sharing.maxClockSkew.milliseconds
        storeTimeout = sharing.storeTimeout.milliseconds
        storeRetryInterval = sharing.storeRetryInterval.milliseconds
        maxHealthyViewAge = max(maxViewAge, sharing.maxHealthyViewAge.milliseconds)
        lookBeside = sharing.lookBeside.milliseconds
        alone = policy.alone(sharing.alone)
    }

    // The same rules for an environment that went by others so far.
    func following(_ old: CircuitRules) -> CircuitRules {
        var rules = self
        rules.longestLease = max(lease, old.longestLease)
        rules.sampling = old.sampling
        return rules
    }

    // Whether the window that these rules find was counted as they need it: without the successes, a share of it would be too great.
    func canJudge(whatWasCountedBy old: CircuitRules) -> Bool {
        (old.needsSuccesses || !needsSuccesses) && (old.countsStreak || !countsStreak) && (slowLimit == nil || slowLimit == old.slowLimit)
    }

    // Whether a call that succeeded after so many milliseconds was slow.
    package func isSlow(_ milliseconds: Int64) -> Bool {
        slowLimit.map { milliseconds > $0 } ?? false
    }

    package var needsSuccesses: Bool {
        switch policy.rule {
        case .failureRate: true
        case .failures(_, let share): share > 0 || policy.slow != nil
        case .consecutiveFailures: policy.slow != nil
        }
    }

    package var countsStreak: Bool {
        if case .consecutiveFailures = policy.rule { return true }
        return false
    }

    package func bucketStart(at now: Timestamp) -> Timestamp {
        let offset = now.milliseconds % bucketWidth
        return now.adding(-(offset < 0 ? offset + bucketWidth : offset))
    }

    // A slice counts while any part of it is within the window: failures are never forgotten early.
    package func windowStart(at now: Timestamp) -> Timestamp {
        bucketStart(at: now.adding(-window))
    }

    // Slices from clocks that are further ahead than allowed do not count.
    package func windowEnd(at now: Timestamp) -> Timestamp {
        now.adding(maxClockSkew)
    }

    // The slices that count.
    func slices(of record: CircuitRecord, at now: Timestamp) -> ArraySlice<CircuitWindow.Bucket> {
        record.window.slices(from: windowStart(at: now), through: windowEnd(at: now))
    }

    package func total(of record: CircuitRecord, at now: Timestamp) -> CircuitWindow.Tally {
        record.window.isEmpty ? CircuitWindow.Tally() : record.window.total(from: windowStart(at: now), through: windowEnd(at: now))
    }

    package func hasEnoughReporters(_ record: CircuitRecord, at now: Timestamp) -> Bool {
        policy.minimumReporters <= 1
            || record.window.reporters(from: windowStart(at: now), through: windowEnd(at: now)) >= policy.minimumReporters
    }

    // timeout * 2^consecutiveOpens up to the greatest, made shorter by the jitter; a failure's own retryAfter wins over a shorter time.
    package func openTime(consecutiveOpens: Int, retryAfter: Int64, random: Double) -> Int64 {
        var time = openTime
        for _ in 0..<max(0, min(consecutiveOpens, 62)) where time < maximumOpenTime { time *= 2 }
        time = min(time, maximumOpenTime)
        time = max(1, time - Int64(Double(time) * recovery.jitter * random))
        return max(time, min(retryAfter, maximumRetryAfter))
    }

    // The share of calls that a circuit which recovered at `since` admits.
    package func share(of record: CircuitRecord, at now: Timestamp) -> Double {
        // A ramp that begins further ahead than clocks may differ was not begun by these clocks.
        guard ramp > 0, case .probesSucceeded = record.reason, record.since <= now.adding(maxClockSkew) else { return 1 }
        let time = Double(now.since(record.since))
        if record.window.isEmpty || time >= Double(ramp) * (1 + Self.slowestRamp) { return min(1, max(0, time / Double(ramp))) }
        // What was admitted so far and failed makes the ramp longer: at a tenth twice as long.
        let total = total(of: record, at: now)
        let failed = total.calls > 0 ? Double(total.failures) / Double(total.calls) : 0
        return min(1, max(0, time / (Double(ramp) * (1 + Self.slowestRamp * failed))))
    }

    private static let slowestRamp = 10.0
}
