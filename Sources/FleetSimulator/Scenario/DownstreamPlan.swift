//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// The service that is called: how it is when it is well, and when it is not.
public struct DownstreamPlan: Codable, Hashable, Sendable {
    /// Something that is wrong with the service for a while.
    public struct Phase: Codable, Hashable, Sendable {
        /// What is wrong.
        public enum Condition: Codable, Hashable, Sendable {
            /// Calls take so many times as long.
            case slow(factor: Double)
            /// A share of the calls fails.
            case failing(share: Double)
            /// Every call fails at once.
            case dead
            /// No call is answered.
            case hanging
        }

        /// When it begins.
        public var from: Milliseconds
        /// When it is over.
        public var until: Milliseconds
        /// What is wrong.
        public var condition: Condition

        /// Creates a phase.
        public init(_ condition: Condition, from: Milliseconds, until: Milliseconds) {
            self.condition = condition
            self.from = from
            self.until = until
        }
    }

    /// What calls above its capacity do to the service.
    public struct Overload: Codable, Hashable, Sendable {
        /// Calls wait for at most this long; those that would wait longer fail at once.
        public var longestWait: Milliseconds
        /// While calls wait, from half that time on until nearly none do, the service achieves only this share of its capacity.
        public var capacityShare: Double

        /// Creates the effects of overload.
        public init(longestWait: Milliseconds = 2000, capacityShare: Double = 1) {
            self.longestWait = longestWait
            self.capacityShare = capacityShare
        }
    }

    /// How the service comes back after a phase in which it did not answer.
    public struct Warmup: Codable, Hashable, Sendable {
        /// The share of its capacity that it begins with.
        public var capacityShare: Double
        /// How long it takes to the whole.
        public var time: Milliseconds

        /// Creates a way back.
        public init(capacityShare: Double = 1, time: Milliseconds = 0) {
            self.capacityShare = capacityShare
            self.time = time
        }
    }

    /// Calls a second that the service can answer.
    public var capacity: Double
    /// How long an answer takes.
    public var latency: Latency
    /// How long a failure takes.
    public var failureLatency: Latency
    /// When the caller gives up; nil: never.
    public var clientTimeout: Milliseconds?
    /// What too many calls do.
    public var overload: Overload
    /// How it comes back.
    public var warmup: Warmup
    /// What goes wrong and when, in order of time and without overlap.
    public var phases: [Phase]

    /// Creates a service.
    public init(
        capacity: Double = 1_000_000,
        latency: Latency = .init(minimum: 20, median: 40, p99: 120, maximum: 300),
        failureLatency: Latency = .init(minimum: 2, median: 5, p99: 20, maximum: 50),
        clientTimeout: Milliseconds? = 2000,
        overload: Overload = .init(),
        warmup: Warmup = .init(),
        phases: [Phase] = []
    ) {
        self.capacity = capacity
        self.latency = latency
        self.failureLatency = failureLatency
        self.clientTimeout = clientTimeout
        self.overload = overload
        self.warmup = warmup
        self.phases = phases
    }
}

extension DownstreamPlan.Phase {
    // Whether a circuit does right to open.
    var isOutage: Bool {
        switch condition {
        case .slow, .dead, .hanging: true
        case .failing(let share): share >= 0.5
        }
    }

    /// Whether nothing of use is answered.
    package var isDown: Bool {
        switch condition {
        case .dead, .hanging: true
        case .failing(let share): share >= 1
        case .slow: false
        }
    }
}
