//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitChecker
import Testing

// Each scenario checks all invariants in every state; the names say which it is about.
@Suite("Exhaustive checks")
struct ExhaustiveTests {
    static let names: KeyValuePairs = [
        "trip": "I1, I2: two environments, two failures to open",
        "trip-loss": "I1, I4: two environments, two failures to open, one loss",
        "trip-three": "I1, I2: three environments, three failures to open",
        "trip-three-loss": "I1, I4: two environments, three failures to open, one loss",
        "trip-copy": "I1, I4: two environments, one request arrives twice",
        "trip-stale": "I6: two environments, stale reads",
        "trip-short": "I6: two environments of two calls at once, refused reports",
        "trip-throttle": "I1, I6: two environments, a store that refuses and throttles",
        "trip-calls": "I1, I6: two environments of two calls at once",
        "probe": "I2, I3, I5: at most one probe, two environments",
        "probe-two": "I3, I4: at most two probes, one environment of two calls at once",
        "half-open": "I3: at most one probe, two environments at a free slot",
        "half-open-skew": "I3: at most one probe, two environments whose clocks differ",
        "long-lease": "I3: at most two probes, three environments, leases that outlive an open time",
        "update-lease": "I3, I11: a shorter lease is taken while a probe runs",
        "probe-loss": "I3, I5, I10: at most one probe, two environments, two losses",
        "probe-crash": "I3, I5: at most one probe, two environments, crashes and a loss",
        "probe-restart": "I3, I5: at most one probe, environments that crash and keep their names",
        "probe-skew": "I3, I8: at most one probe, clocks differ, anything may happen between any two steps",
        "probe-copy": "I3, I4: at most one probe, two environments, one request arrives twice",
        "probe-stale": "I3, I6: at most one probe, two environments, stale reads and a loss",
        "probe-cancel": "I3, I10: at most two probes, callers give up",
        "probe-three": "I3, I5: at most two probes, three environments, one crash",
        "dead-probe": "I5: a probe that died holds the only slot, clocks differ",
        "writes-lost": "I6: reads work and writes are lost",
        "writes-lost-calls": "I6: reads work and writes are lost, two calls at once",
        "writes-refused": "I6: reads work and writes are refused or throttled",
        "flush": "I1, I4, I6: two environments, one reports what the store refused",
        "flush-calls": "I1, I4: two calls at once, and reports of what is unreported",
        "writes-lost-open": "I3, I5: an open circuit that can be read and not be written",
        "store-lost": "I5, I6: one environment loses the store",
        "store-lost-open": "I3, I5: one environment loses the store while the circuit is OPEN",
        "order": "I2, I6: operators give and lift orders",
        "order-loss": "I2, I6: operators give orders, two losses",
        "order-calls": "I6: an operator gives an order to environments of two calls at once",
        "reset": "I2, I4: an operator resets an open circuit",
        "reset-closed": "I4: an operator resets a circuit that is CLOSED",
        "reset-calls": "I4, I6: an operator resets the circuit of an environment of three calls at once",
        "expiry": "I2, I5: the record expires",
        "expiry-open": "I2, I5: the record of an open circuit expires",
        "foreign": "I9: one environment beside a foreign writer",
        "foreign-open": "I9: an open circuit beside a foreign writer",
        "foreign-stale": "I9: a foreign writer whose call began before the circuit opened",
        "foreign-order": "I9: an order that forces the circuit open beside a foreign writer",
        "foreign-together": "I9: failures of both open the circuit",
        "foreign-closed": "I9: a foreign writer whose call began before an operator reset the circuit",
        "foreign-two": "I9: two environments beside a foreign writer whose clock is ahead",
        "record-ahead": "I11: OPEN until a time that no rule allows",
        "slot-ahead": "I11: a slot taken until a time that no rule allows",
        "ramp-ahead": "I11: a ramp that begins at a time that no rule allows",
        "counts-below-zero": "I11: HALF-OPEN with counts that no probe made",
        "clock-back": "I11: an open circuit, the environment's clock is set back",
        "clock-ahead": "I1: a clock that is ahead deletes nothing that others count",
        "passes-open": "I5, I6: calls that are rejected without the engine while the circuit is OPEN",
        "passes": "I1, I6: calls that need no engine while all is well",
        "rate": "I1, I4: a failure rate, one loss",
        "share": "I4: failures that must be a share of the calls, a reset",
        "share-alone": "I4: successes that a pass admitted before a reset count in their own epoch",
        "streak": "I1, I4: failures in a row, one loss",
        "reporters": "I1, I5: an environment opens for itself until two have seen failures, one loss",
        "slow": "I4: slow calls",
        "update-views": "I6: a shorter age of views is taken while a pass is in force",
        "views": "I1, I6: views that grow older while all is well, a stale read",
        "views-failed": "I6: views that grow older, two environments that have seen a failure",
        "views-tripped": "I6: a healthy view of a circuit that another has just opened",
        "beside": "I1, I6: looks beside the calls while all is well, a loss",
        "beside-order": "I6: looks beside the calls, an order",
        "beside-share": "I4, I6: looks beside the calls tell of successes",
        "beside-tripped": "I6: looks beside the calls of a circuit that another has just opened",
        "reads-throttled": "I6, I7: reads that are throttled",
        "store-lost-alone": "I1, I5: an environment that is alone opens for fewer failures",
    ]

    // A few thousand states of each here; `circuit-checker exhaust` visits all that it has time for.
    static let states = 12_000

    @Test("every state of", arguments: names.map { Case(scenario: $0.key, title: $0.value) })
    func explore(_ example: Case) throws {
        let scenario = try #require(Scenario.named(example.scenario))
        let outcome = Search.explore(scenario, .init(states: Self.states, recoveryShare: 4))
        print(outcome)
        if let finding = outcome.finding {
            Issue.record("\(finding.violation.invariant): \(finding.violation.what)\n\(story(of: finding.trace, in: scenario))")
        }
        #expect(outcome.states >= 1000)
    }

    @Test("every scenario is tested")
    func complete() {
        #expect(Set(Self.names.map(\.key)) == Set(Scenario.all.map(\.name)))
    }

    @Test("I1 to I11: fifty environments at random; again by circuit-checker random --seed", arguments: 1...6 as ClosedRange<UInt64>)
    func random(seed: UInt64) {
        var run = RandomRun(seed: seed)
        let failure = run.run(events: 100_000)
        print(run)
        if let failure { Issue.record("seed \(seed): \(failure)\nagain: circuit-checker random --seed \(seed)") }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var scenario: String
        var title: String
        var testDescription: String { title }
    }
}
