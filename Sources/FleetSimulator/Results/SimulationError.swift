//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// Why there is no result.
public enum SimulationError: Error, Hashable, Sendable {
    /// A scenario that cannot be run: what is wrong, and what is allowed.
    case scenario(setting: String, value: String, allowed: String)
    /// A file of arrivals that cannot be read: the line and what is wrong with it.
    case arrivals(line: Int, text: String, problem: String)
    /// One of the invariants I1 to I6 does not hold.
    case violation(Violation)
}

/// An invariant that does not hold.
public struct Violation: Error, Codable, Hashable, Sendable {
    /// Its name, as the design gives it.
    public var invariant: String
    /// When it was seen, since the run's start.
    public var time: Milliseconds
    /// What was seen.
    public var what: String
    /// The last that happened to the record before that, in order.
    public var story: [String]
}

extension SimulationError: CustomStringConvertible {
    /// One line, or the story of a violation.
    public var description: String {
        switch self {
        case .scenario(let setting, let value, let allowed): "\(setting) is \(value); allowed: \(allowed)"
        case .arrivals(let line, let text, let problem): "line \(line) of the arrivals, '\(text)': \(problem)"
        case .violation(let violation): "\(violation)"
        }
    }
}

extension Violation: CustomStringConvertible {
    /// What was seen, and what led to it.
    public var description: String {
        (["\(invariant) does not hold at \(time) ms: \(what)"] + story.map { "  \($0)" }).joined(separator: "\n")
    }
}
