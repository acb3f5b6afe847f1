//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// A record's fence: it grows with every change of state, so that whatever was decided in an earlier state can be told from what was decided in this one.
public struct Epoch: RawRepresentable, Hashable, Comparable, Sendable {
    /// The number itself.
    ///
    /// 0 means that no change of state was ever written.
    public var rawValue: Int64

    /// The epoch of a circuit that nobody has changed yet.
    public static let zero = Epoch(rawValue: 0)

    /// Creates an epoch from its number.
    public init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// Whether the first epoch came before the second.
    public static func < (lhs: Self, rhs: Self) -> Bool {
        lhs.rawValue < rhs.rawValue
    }

    // Of what was admitted in an epoch that is over: no record has it.
    package static let over = Epoch(rawValue: -1)

    // Never lower than the time: an epoch does not return, even after the record expired and began again.
    package func next(at now: Timestamp) -> Epoch {
        Epoch(rawValue: max(rawValue == .max ? .max : rawValue + 1, now.milliseconds))
    }
}
