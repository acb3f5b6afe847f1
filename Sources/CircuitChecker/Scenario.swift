//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// One small world to explore to its end: the rules, who takes part, and how much may go wrong.
package struct Scenario: Sendable {
    // How often each thing may still happen in one run.
    package struct Budget: Hashable, Sendable {
        // Calls that are admitted; rejected ones cost nothing.
        package var permits = 3
        // Requests or replies that get lost, or come after the caller gave up.
        package var losses = 0
        // Requests that the store certainly refuses.
        package var refusals = 0
        package var throttlings = 0
        // Requests that arrive twice.
        package var duplicates = 0
        // Reads that are answered with the version before the last write.
        package var staleReads = 0
        package var crashes = 0
        // Callers that give up while they wait.
        package var cancellations = 0
        package var orders = 0
        package var resets = 0
        // Records that expire or are deleted.
        package var deletions = 0
        // Calls that a foreign writer begins.
        package var foreignCalls = 0
        // Clocks that are set back.
        package var clockSteps = 0
        // Environments that take the later rules.
        package var updates = 0
        // Environments that report what is unreported.
        package var flushes = 0
    }

    package var name: String
    package var about: String
    package var rules: CircuitRules
    // What an environment may go by from some time on.
    package var laterRules: CircuitRules?
    // By how much each environment's clock is ahead of true time.
    package var skews: [Int64]
    package var callsAtOnce = 1
    package var budget: Budget
    package var outcomes: [Outcome] = [.success(isSlow: false), .failure(retryAfter: nil)]
    package var orders: [CircuitOrder.Kind] = []
    package var foreignSkew: Int64 = 0
    // A stale read is at most this old.
    package var staleness: Int64 = 1
    // Whether a process that crashed comes back under its old name.
    package var keepsName = false
    // Whether only writes are lost, refused or throttled.
    package var readsWork = false
    // Whether calls may go by a pass, without asking the engine.
    package var hasPasses = false
    package var record: CircuitRecord?
    // Whether that record says what the rules cannot have made it say: bounds are checked from the next one on.
    package var isRecordWrong = false
    // What has happened before the exploration begins.
    var prologue: [Step] = []
    // Whether all environments have just seen the record.
    package var isWarm = true
    package var start: Int64 = 1000
    // By how much time goes on at once during a recovery.
    package var stride: Int64 = 1

    package init(_ name: String, _ about: String, rules: CircuitRules, skews: [Int64], budget: Budget) {
        self.name = name
        self.about = about
        self.rules = rules
        self.skews = skews
        self.budget = budget
    }

    package static func named(_ name: String) -> Scenario? {
        all.first { $0.name == name }
    }

    // No clock of the fleet is ahead of another by more.
    var spread: Int64 {
        let all = skews + (budget.foreignCalls > 0 ? [foreignSkew] : [])
        return (all.max() ?? 0) - (all.min() ?? 0)
    }

    // No view that is older decides anything.
    var oldestView: Int64 { max(rules.maxViewAge, rules.maxHealthyViewAge, rules.lookBeside) }

    func with(_ change: (inout Scenario) -> Void) -> Scenario {
        var copy = self
        change(&copy)
        return copy
    }
}
