//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// One algorithm's way through a scenario.
public struct Run: Codable, Hashable, Sendable {
    /// Who it was.
    public var algorithm: Algorithm
    /// Its name for people.
    public var title: String
    /// What happened, second by second.
    public var seconds: [Second]
    /// All of it in a few numbers.
    public var figures: Figures
}

/// The same scenario, the same calls, one run per algorithm.
public struct Comparison: Codable, Hashable, Sendable {
    /// What they went through.
    public var scenario: Scenario
    /// The runs, in the order asked for.
    public var runs: [Run]
}
