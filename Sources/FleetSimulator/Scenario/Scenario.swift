//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// A span of virtual time, or a moment since the start of a run, in milliseconds.
public typealias Milliseconds = Int64

/// Everything that a run depends on: the same scenario gives the same result, to the byte.
public struct Scenario: Codable, Hashable, Sendable {
    /// Names the scenario in reports.
    public var name: String
    /// What happens, in a sentence.
    public var summary: String
    /// Where all chance comes from.
    public var seed: UInt64
    /// How long the run lasts.
    public var duration: Milliseconds
    /// When calls arrive.
    public var arrivals: Arrivals
    /// Who makes them.
    public var fleet: Fleet
    /// Whom they call.
    public var downstream: DownstreamPlan
    /// Where the shared record lives.
    public var store: StorePlan
    /// How the circuits are set.
    public var circuit: CircuitSettings

    /// Creates a scenario.
    public init(
        name: String,
        summary: String = "",
        seed: UInt64 = 1,
        duration: Milliseconds,
        arrivals: Arrivals,
        fleet: Fleet = .init(),
        downstream: DownstreamPlan = .init(),
        store: StorePlan = .init(),
        circuit: CircuitSettings = .init()
    ) {
        self.name = name
        self.summary = summary
        self.seed = seed
        self.duration = duration
        self.arrivals = arrivals
        self.fleet = fleet
        self.downstream = downstream
        self.store = store
        self.circuit = circuit
    }
}
