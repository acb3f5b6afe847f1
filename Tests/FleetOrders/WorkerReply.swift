//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// What a worker answers: all that happened since its last answer.
package struct WorkerReply: Codable, Sendable {
    package var succeeded = 0
    package var failed = 0
    package var rejected = 0
    package var timedOut = 0
    package var cancelled = 0
    /// What each call took without its operation, in microseconds, and when it began.
    package var calls: [Call] = []
    package var changes: [StateChange] = []
    /// Lines of the log at warning or worse.
    package var warnings: [String] = []
    /// When the store was first said to be lost, as calls tell the time.
    package var storeLostAt: Int?
    /// Since the worker started.
    package var ownChanges = 0
    package var uncertain = 0
    package var storeRequests = 0
    /// The circuit as this environment sees it.
    package var state = ""
    /// Resident memory in KiB.
    package var residentMemory = 0

    package init() {}

    package struct Call: Codable, Sendable {
        /// Microseconds since the worker started.
        package var start: Int
        package var added: Int

        package init(start: Int, added: Int) {
            self.start = start
            self.added = added
        }
    }

    /// A change of state, as the log tells of it.
    package struct StateChange: Codable, Sendable, Hashable {
        package var to: String
        /// Nil: one of this environment alone.
        package var epoch: Int?
        package var isOwn: Bool

        package init(to: String, epoch: Int?, isOwn: Bool) {
            self.to = to
            self.epoch = epoch
            self.isOwn = isOwn
        }
    }
}
