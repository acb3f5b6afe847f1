//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// What one environment is, as its first line says.
package struct WorkerSetup: Codable, Sendable {
    package var name: String
    package var circuit: String
    package var table: String
    /// Region, endpoint and credentials.
    package var variables: [String: String]
    /// Where Valkey is, in place of a table.
    package var valkey: String?
    /// Where calls go that go anywhere.
    package var downstream: String?
    package var threshold = 3
    package var openTime = 10_000
    package var probes = 1
    package var successesToClose = 2
    package var lease = 10_000
    package var maxViewAge = 1_000
    package var maxClockSkew = 1_000
    package var storeTimeout = 500
    package var storeRetryInterval = 1_000
    package var idleTimeout = 10_000

    package init(name: String, circuit: String, table: String, variables: [String: String]) {
        self.name = name
        self.circuit = circuit
        self.table = table
        self.variables = variables
    }
}

/// Calls to make.
package struct Load: Codable, Sendable {
    package enum Kind: String, Codable, Sendable {
        /// The operation returns at once.
        case succeed
        /// It throws at once.
        case fail
        /// It asks the downstream server, whose answer decides.
        case downstream
    }

    package var kind: Kind
    /// How many; nil: until told to stop.
    package var count: Int?
    /// How many of them at once.
    package var width: Int
    /// How long each caller waits after each call, in microseconds.
    package var pause: Int
    /// Of how many calls one fails anyway; 0: none.
    package var failEvery: Int
    /// Whether a caller stops when it is rejected.
    package var stopsWhenRejected: Bool

    package init(_ kind: Kind, count: Int? = 1, width: Int = 1, pause: Int = 0, failEvery: Int = 0, stopsWhenRejected: Bool = false) {
        self.kind = kind
        self.count = count
        self.width = width
        self.pause = pause
        self.failEvery = failEvery
        self.stopsWhenRejected = stopsWhenRejected
    }
}

/// A line that a worker reads.
///
/// To each it answers with a ``WorkerReply``.
package enum WorkerOrder: Codable, Sendable {
    /// Make calls, and answer when they have ended.
    case run(Load)
    /// Make calls, and answer at once.
    case start(Load)
    /// Make no more, and answer when those under way have ended.
    case stop
    /// Call this many circuits of a registry once each, so many at once.
    case callRegistry(circuits: Int, width: Int)
    /// Say what happened so far.
    case report
}
