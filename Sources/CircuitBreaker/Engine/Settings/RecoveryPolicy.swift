//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// How an OPEN circuit comes back.
public struct RecoveryPolicy: Hashable, Sendable {
    /// How long the circuit stays OPEN the first time.
    public var openTime: Duration
    /// The longest that it stays OPEN: each probe that fails doubles the time up to this.
    public var maximumOpenTime: Duration
    /// By which share an open time is made shorter at random, from 0 (not at all) to 1 (to nothing), so that circuits do not probe in step, with each other or with
    /// what brings a dependency down again and again.
    public var jitter: Double
    /// The longest wait that a failure's own `retryAfter` can bring about.
    public var maximumRetryAfter: Duration
    /// How many probes may run at once in the whole fleet.
    public var probes: Int
    /// How many probes must succeed to close the circuit.
    public var successesToClose: Int
    /// How long a probe may take before it times out and its slot may be given to another.
    ///
    /// At least as long as calls may take: to a shorter lease a dependency that is well but slow looks dead. The log says when a probe times out by its lease.
    public var lease: Duration
    /// How long a circuit that recovered admits only a growing share of the calls, while these succeed; zero: it admits all at once.
    ///
    /// Calls that fail make it longer: twice as long if a tenth of those since fail, up to eleven times.
    public var ramp: Duration

    /// Creates a policy; the defaults are those of circuitbreaker-lambda where it has the setting, but for the longest open time: one probe serves the whole fleet, so
    /// that doubling the time again and again spares a dependency little, and costs everybody much when it is back.
    public init(
        openTime: Duration = .seconds(10),
        maximumOpenTime: Duration = .seconds(10),
        jitter: Double = 0.5,
        maximumRetryAfter: Duration = .seconds(300),
        probes: Int = 1,
        successesToClose: Int = 2,
        lease: Duration = .seconds(10),
        ramp: Duration = .milliseconds(6500)
    ) {
        self.openTime = openTime
        self.maximumOpenTime = maximumOpenTime
        self.jitter = jitter
        self.maximumRetryAfter = maximumRetryAfter
        self.probes = probes
        self.successesToClose = successesToClose
        self.lease = lease
        self.ramp = ramp
    }

    package func validate() throws(ConfigurationError) {
        try ConfigurationError.check("openTime", openTime)
        try ConfigurationError.check("maximumOpenTime", maximumOpenTime)
        try ConfigurationError.check("maximumOpenTime", maximumOpenTime, atLeast: "openTime", openTime)
        guard (0...1).contains(jitter) else {
            throw ConfigurationError(setting: "jitter", value: "\(jitter)", allowed: "from 0 to 1")
        }
        try ConfigurationError.check("maximumRetryAfter", maximumRetryAfter, orZero: true)
        try ConfigurationError.check("probes", probes, in: 1...100)
        try ConfigurationError.check("successesToClose", successesToClose, in: 1...1_000_000)
        try ConfigurationError.check("lease", lease)
        try ConfigurationError.check("ramp", ramp, orZero: true)
    }
}
