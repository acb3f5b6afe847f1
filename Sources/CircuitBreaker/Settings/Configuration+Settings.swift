//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
extension CircuitBreaker.Configuration: Configurable {
    package static let namespace = "CIRCUITBREAKER_"

    // Every setting of a breaker. A new one is declared here and nowhere else; then `make settings` renews what is made of it.
    package static let settings: [Setting<Self>] = [
        .choice(
            "POLICY",
            "policy",
            \.policy.kind,
            "what opens the circuit: failures within the window that are a share of the calls too, failures in a row, or a share of the calls"
        ),
        .whole("FAILURE_THRESHOLD", 1...Int.max, "policy: .failures(_:within:)", \.policy.threshold, "failures that open it")
            .with(.policies([.failures, .consecutiveFailures])),
        .share(
            "FAILURE_SHARE",
            "policy: .failures(…share:)",
            \.policy.share,
            "the share of calls that must have failed too; 0: a bare count opens it"
        )
        .with(.policies([.failures])),
        .share("FAILURE_RATE", orZero: false, "policy: .failureRate(_:…)", \.policy.rate, "the share of failed calls that opens it")
            .with(.policies([.failureRate])),
        .whole("MINIMUM_CALLS", 1...Int.max, "policy: …minimumCalls", \.policy.minimumCalls, "with fewer calls in the window, no share is judged")
            .with(.policies([.failureRate])),
        .duration("WINDOW_DURATION_MS", "policy: …within", \.policy.window, "the window: how far back calls count"),
        .share(
            "SLOW_CALL_RATE",
            orZero: false,
            "policy: .orSlowCalls(_:…)",
            orOff: \.policy.slowCallRate,
            "the share of slow calls that opens it too"
        )
        .with(.needs("SLOW_CALL_DURATION_MS")),
        .duration("SLOW_CALL_DURATION_MS", hasOff: false, "policy: …longerThan", orOff: \.policy.slowCallDuration, "a call that takes longer is slow")
            .with(.needs("SLOW_CALL_RATE")),
        .whole(
            "SLOW_CALL_MINIMUM_CALLS",
            1...Int.max,
            "policy: …minimumCalls",
            \.policy.slowCallMinimumCalls,
            "with fewer calls, the share of slow ones is not judged"
        )
        .with(.needs("SLOW_CALL_RATE")),
        .whole(
            "MINIMUM_REPORTERS",
            1...1000,
            "policy: .minimumReporters(_:)",
            \.policy.minimumReporters,
            "environments that must see failures before it opens for all"
        ),
        .duration("TIMEOUT_MS", "recovery.openTime", \.recovery.openTime, "how long it stays OPEN the first time"),
        .duration(
            "MAX_TIMEOUT_MS",
            "recovery.maximumOpenTime",
            \.recovery.maximumOpenTime,
            "the longest that it stays OPEN: each failed probe doubles the time; at least TIMEOUT_MS"
        )
        .with(.atLeast("TIMEOUT_MS")),
        .duration(
            "MAX_RETRY_AFTER_MS",
            orZero: true,
            "recovery.maximumRetryAfter",
            \.recovery.maximumRetryAfter,
            "the longest that a failure's own `retryAfter` keeps it OPEN"
        ),
        .share("JITTER", "recovery.jitter", \.recovery.jitter, "makes open times shorter at random, by up to this share"),
        .whole("SUCCESS_THRESHOLD", 1...1_000_000, "recovery.successesToClose", \.recovery.successesToClose, "probes that must succeed to close it"),
        .whole("PROBES", 1...100, "recovery.probes", \.recovery.probes, "probes at once, all environments together"),
        .duration(
            "LEASE_MS",
            "recovery.lease",
            \.recovery.lease,
            "the longest that a probe may take: no less than calls may take; at least CALL_TIMEOUT_MS"
        )
        .with(.atLeast("CALL_TIMEOUT_MS")),
        .duration(
            "RAMP_MS",
            orZero: true,
            "recovery.ramp",
            \.recovery.ramp,
            "after it has closed, how long it admits only a growing share of the calls, longer if these fail; 0: it admits all at once"
        ),
        .duration("MAX_VIEW_AGE_MS", "sharing.maxViewAge", \.sharing.maxViewAge, "how old an environment's view of the circuit may be"),
        .duration(
            "MAX_HEALTHY_VIEW_AGE_MS",
            "sharing.maxHealthyViewAge",
            \.sharing.maxHealthyViewAge,
            "the same while it is CLOSED and nothing fails; never less than MAX_VIEW_AGE_MS"
        ),
        .duration(
            "LOOK_BESIDE_MS",
            orZero: true,
            "sharing.lookBeside",
            \.sharing.lookBeside,
            "up to this age, such a view admits calls while a new one is read beside them, in parallel; 0: calls wait for it"
        ),
        .duration("MAX_CLOCK_SKEW_MS", orZero: true, "sharing.maxClockSkew", \.sharing.maxClockSkew, "by how much clocks may differ"),
        .duration("STORE_TIMEOUT_MS", "sharing.storeTimeout", \.sharing.storeTimeout, "the longest that the store may delay one call"),
        .duration(
            "STORE_RETRY_INTERVAL_MS",
            "sharing.storeRetryInterval",
            \.sharing.storeRetryInterval,
            "how long a store that failed is left alone, the first time"
        ),
        .choice("ON_STORE_LOSS", "sharing.onStoreLoss", \.sharing.onStoreLoss, "what an environment does while it cannot reach the store"),
        .whole(
            "ALONE",
            1...Int.max,
            "sharing.alone",
            \.sharing.alone,
            "failures that open the circuit of one environment on its own while it cannot reach the store, if the policy takes more"
        ),
        .duration("CALL_TIMEOUT_MS", "timeout", orOff: \.timeout, "how long a call may take; then it times out, and has failed"),
        .duration(
            "DEADLINE_MARGIN_MS",
            orZero: true,
            "deadlineMargin",
            orOff: \.deadlineMargin,
            "how long before its deadline a call times out, so that there is time to record it; at most a quarter of the time left when it begins"
        ),
        .duration(
            "MINIMUM_BUDGET_MS",
            orZero: true,
            "minimumBudget",
            \.minimumBudget,
            "if its deadline leaves a call less time than this, a time-out says nothing about the dependency"
        ),
    ]
}
