//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// The environments that make the calls, one call at a time each.
public struct Fleet: Codable, Hashable, Sendable {
    /// Which idle environment gets a call.
    public enum Routing: String, Codable, Hashable, Sendable, CaseIterable {
        /// The one that was used last, as on Lambda; a new one only if all are busy.
        case mostRecentlyUsed
        /// Any.
        case random
    }

    /// How many environments there can be; calls that find all of them busy are turned away.
    public var environments: Int
    /// How many of them run when the run begins.
    public var warm: Int
    /// Which one gets a call.
    public var routing: Routing
    /// How long a new environment takes to start.
    public var coldStart: Milliseconds
    /// How long an environment lives on average before it is recycled; nil: for ever.
    public var lifetime: Milliseconds?
    /// How long an environment may be idle before it is reclaimed; nil: for ever.
    public var idleTime: Milliseconds?
    /// The share of calls in whose middle the environment dies.
    public var killShare: Double
    /// What an invocation takes besides the call.
    public var work: Milliseconds
    /// After how long an invocation is ended, and its environment with it.
    public var functionTimeout: Milliseconds

    /// Creates a fleet.
    public init(
        environments: Int = 1000,
        warm: Int = 0,
        routing: Routing = .mostRecentlyUsed,
        coldStart: Milliseconds = 250,
        lifetime: Milliseconds? = nil,
        idleTime: Milliseconds? = nil,
        killShare: Double = 0,
        work: Milliseconds = 0,
        functionTimeout: Milliseconds = 30_000
    ) {
        self.environments = environments
        self.warm = warm
        self.routing = routing
        self.coldStart = coldStart
        self.lifetime = lifetime
        self.idleTime = idleTime
        self.killShare = killShare
        self.work = work
        self.functionTimeout = functionTimeout
    }
}
