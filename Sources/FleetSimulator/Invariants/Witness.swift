//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// Sees all that happens to a circuit by the true clock, and says which of the invariants I1 to I6 does not hold. The engine knows nothing of it.
struct Witness {
    // What one environment did in one epoch.
    struct Ledger {
        var epoch = Epoch.zero
        // Failures of calls that were settled, and those that arrived in the window.
        var settled = 0
        var arrived = 0
        // A request failed, so that nobody knows all that it counted.
        var isExcused = false
        // The record that refused a report: calls of its epoch or an earlier one are over.
        var refusedBy = Epoch(rawValue: -1)
        // The store failed this call, or was given up.
        var hasFailed = false
    }

    let rules: CircuitRules
    let staleness: Milliseconds
    let spread: Milliseconds
    private(set) var violation: Violation?
    // The true time since 1970.
    var now: Milliseconds = World<NoBreaker>.origin
    var ledgers: [Ledger]
    private var story: [String] = []

    // The record's epoch and state, and what was seen in that epoch.
    var epoch = Epoch.zero
    var state = CircuitState.closed
    var highestEpoch = Epoch.zero
    var notClosedSince: Milliseconds?
    var halfOpenSince: Milliseconds?
    var lastAskedAt: Milliseconds = 0
    var hasStoreFailed = false
    var failures = 0
    var slowCalls = 0
    var goodProbes = 0
    var badProbes = 0
    var acknowledged: [(start: Timestamp, failures: Int)] = []
    // Probes under way in the whole fleet.
    var probes = 0

    init(_ scenario: Scenario, rules: CircuitRules) {
        self.rules = rules
        staleness = scenario.store.staleReads > 0 ? scenario.store.staleness : 0
        spread = scenario.store.clockSkew
        ledgers = Array(repeating: Ledger(), count: scenario.fleet.environments)
    }

    var slowest: Timestamp { Timestamp(milliseconds: now - spread / 2 - 1) }
    var fastest: Timestamp { Timestamp(milliseconds: now + spread / 2 + 1) }

    mutating func violate(_ invariant: String, _ what: String) {
        guard violation == nil else { return }
        violation = Violation(invariant: invariant, time: now - World<NoBreaker>.origin, what: what, story: story)
    }

    mutating func tell(_ line: String) {
        if story.count == 12 { story.removeFirst() }
        story.append("\(now - World<NoBreaker>.origin) ms: \(line)")
    }

    mutating func begin(_ e: Int) {
        ledgers[e] = Ledger()
    }

    // The environment's ledger of the record's present epoch.
    mutating func turnPage(_ e: Int) {
        guard ledgers[e].epoch != epoch else { return }
        ledgers[e].epoch = epoch
        ledgers[e].settled = 0
        ledgers[e].arrived = 0
        ledgers[e].isExcused = false
    }
}
