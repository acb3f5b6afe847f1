//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// All that there is: the record, the environments with the engine's machines, and what is under way between them. The checker explores its steps.
package struct World: Hashable, Sendable {
    // The version before the last write, which a stale read may still see.
    struct Earlier: Hashable {
        var record: CircuitRecord?
        var replacedAt: Int64
    }

    var now: Int64
    var record: CircuitRecord?
    var earlier: Earlier?
    var environments: [Environment]
    // Requests that nobody waits for any more but that may still arrive.
    var strays: [Stray] = []
    var foreign: [ForeignWriter] = []
    var budget: Scenario.Budget
    var ghost = Ghost()
    var violations: [Violation] = []

    package init(_ scenario: Scenario) {
        now = scenario.start
        record = scenario.record
        budget = scenario.budget
        environments = scenario.skews.enumerated().map { Environment(number: $0.offset, skew: $0.element, in: scenario) }
        if scenario.budget.foreignCalls > 0 { foreign = [ForeignWriter(skew: scenario.foreignSkew)] }
        noteRecord()
        if scenario.isWarm { for e in environments.indices { warm(e, in: scenario) } }
        for step in scenario.prologue { take(step, in: scenario) }
    }

    private mutating func warm(_ e: Int, in scenario: Scenario) {
        var call = Session.Call()
        _ = environments[e].session.begin(.refresh, &call, at: clock(of: e))
        _ = environments[e].session.answered(.record(record), after: 0, &call, at: clock(of: e))
    }

    struct Stray: Hashable {
        var environment: Int
        var life: Int
        var action: StoreAction
        // Whether it may already have been applied.
        var isCopy: Bool
    }

    func clock(of environment: Int) -> Timestamp {
        Timestamp(milliseconds: now + environments[environment].skew)
    }
}

struct Environment: Hashable {
    var number: Int
    var life = 0
    var skew: Int64
    var session: Session
    var calls: [Call] = []
    // What the checker knows of this environment, and the engine must not need.
    var ghost = Ghost()

    var machine: CircuitStateMachine { session.machine }

    // Looks are nobody's calls.
    var callsUnderWay: Int { calls.count { $0.purpose != .look } }

    struct Ghost: Hashable {
        // A request of this environment failed since the record's epoch began, so that nobody knows all it counted.
        var isExcused = false
        // The store failed this environment and has not answered since.
        var isCutOff = false
        // Failures of calls that were settled, and those that arrived in the window, in the record's epoch.
        var settled = 0
        var arrived = 0
        // The record that refused a report: calls of its epoch or an earlier one are over.
        var refusedBy: Epoch?
        // When calls failed in the epoch in view whose failures the store has not acknowledged.
        var seen: [Timestamp] = []
        // Those since the store failed this environment.
        var seenAlone: [Timestamp] = []
        // Requests that failed in this life.
        var failedRequests = 0
        // Slots whose call was given up by its caller while the store did not answer.
        var abandoned: Set<ProbeSlot> = []
    }

    init(number: Int, skew: Int64, in scenario: Scenario) {
        self.number = number
        self.skew = skew
        session = Session(environment: Self.name(number, life: 0), rules: scenario.rules, seed: UInt64(number))
        session.usesPasses = scenario.hasPasses
    }

    mutating func crash(keepsName: Bool) {
        life += 1
        let name = keepsName ? machine.environment : Self.name(number, life: life)
        let usesPasses = session.usesPasses
        session = Session(environment: name, rules: session.rules, seed: UInt64(number + 100 * life))
        session.usesPasses = usesPasses
        calls = []
        ghost = Ghost()
    }

    private static func name(_ number: Int, life: Int) -> EnvironmentID {
        let letters = Array("abcdefghijklmnopqrstuvwxyz")
        let letter = number < letters.count ? String(letters[number]) : "e\(number)."
        return EnvironmentID(rawValue: life == 0 ? letter : "\(letter)\(life + 1)")
    }
}

// One call, or one command of an operator, from its beginning to its end.
struct Call: Hashable {
    enum Purpose: Hashable {
        case call
        case command(Command)
        // What a process that ends reports.
        case flush
        // A request that no call waits for.
        case look
    }

    enum Stage: Hashable {
        // Another call's reply has come, and this one has not gone on yet.
        case ready
        // Waits for another call's reply.
        case joined
        // The request has not arrived at the store.
        case sent(StoreRequest)
        // The reply has not arrived at the caller.
        case answered(StoreRequest, StoreReply)
        case running(Ticket)
    }

    // The call has been made, and what it says is being told to the store.
    struct Settlement: Hashable {
        var ticket: Ticket
        var outcome: Outcome
    }

    var purpose: Purpose
    var stage = Stage.ready
    var session = Session.Call()
    var settles: Settlement?
    var isCancelled = false
    // A request of this call failed since it was admitted, or while it was.
    var hasFailed = false
    // When a failed call ended.
    var endedAt: Timestamp?
    // By the true clock; known until it is admitted.
    var begunAt: Int64?

    init(purpose: Purpose) {
        self.purpose = purpose
    }
}
