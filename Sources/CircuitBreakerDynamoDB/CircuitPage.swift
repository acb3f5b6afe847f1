//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
public import CircuitBreaker

/// Some of the circuits in a table, as one request reads them.
public struct CircuitPage: Sendable {
    /// Where the next page begins.
    public struct Cursor: Hashable, Sendable {
        let id: String
    }

    /// The circuits, each by its id.
    public var circuits: [String: CircuitRecord]
    /// The ids of circuits whose items cannot be read, sorted.
    public var unreadable: [String]
    /// How many items are none of ours.
    public var strangers: Int
    /// Where the next page begins; nil: this was the last.
    public var next: Cursor?
    // What reading it cost, if the service says so.
    package var readUnits: Double?
}
