//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// What a record keeps for whoever looks for the cause; nothing is decided by it.
public struct Evidence: Hashable, Sendable {
    /// An error that a call failed with.
    public struct LastError: Hashable, Sendable {
        /// The error's type, or what else counted as a failure.
        public var type: String
        /// Who reported it, by a name that an operator can find.
        public var reporter: String

        /// Creates the error's description, its texts shortened to what a record holds.
        public init(type: String, reporter: String) {
            self.type = type.shortenedForRecord
            self.reporter = reporter.shortenedForRecord
        }
    }

    /// Since when the circuit has not been CLOSED, however often it has opened again; nil: it is CLOSED.
    ///
    /// The trouble of a window of failures begins with the first of them.
    public var troubleSince: Timestamp?
    /// The last error that was reported.
    public var lastError: LastError?
    /// Who made the last change of state, by a name that an operator can find.
    public var changedBy: String?

    /// Creates evidence of nothing.
    public init() {}
}
