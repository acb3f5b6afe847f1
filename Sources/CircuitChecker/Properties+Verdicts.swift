//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// What opens a circuit, and when.
extension Property {
    static let verdicts = [
        Property("the newest slices decide too: a minute that was well does not hide that calls are slow now") {
            let slow = TripPolicy.failures(1000, within: .seconds(60)).orSlowCalls(0.5, longerThan: .seconds(1), minimumCalls: 20)
            var fleet = QuickFleet(50, policy: slow)
            fleet.goOn(70_000, perSecond: 500)
            let bad = fleet.goOn(60_000, perSecond: 500, slow: 1)
            return !fleet.isClosed && bad <= 6000 ? nil : "\(bad) calls were slow until the circuit opened"
        },
        Property("one of many slices decides only beyond what chance would bring about") {
            var fleet = QuickFleet(1, policy: .failureRate(0.5, minimumCalls: 20, within: .seconds(60)))
            fleet.goOn(600_000, perSecond: 10, failing: 0.4)
            return fleet.isClosed ? nil : "four of ten failed, and the circuit opened: \(String(describing: fleet.record?.reason))"
        },
        Property("failures that are reported sooner than the successes beside them are no greater share") {
            var fleet = QuickFleet(200)
            fleet.goOn(60_000, perSecond: 200)
            fleet.goOn(300_000, perSecond: 200, failing: 0.05)
            return fleet.isClosed ? nil : "one of twenty failed, and the circuit opened: \(String(describing: fleet.record?.reason))"
        },
        Property("nothing is concluded from fewer calls than the policy asks for") {
            var fleet = QuickFleet(1, policy: .failureRate(0.5, minimumCalls: 10, within: .seconds(60)))
            for _ in 0..<9 { fleet.call(0, fails: true) }
            if !fleet.isClosed { return "9 calls opened the circuit" }
            fleet.call(0, fails: true)
            return fleet.isClosed ? "10 calls did not open the circuit" : nil
        },
        Property("an outage of a busy fleet shows between two views, long before a slice shows it") {
            for count in [3, 10, 500] {
                var fleet = QuickFleet(count)
                fleet.goOn(65_000, perSecond: 2000)
                let bad = fleet.goOn(3000, perSecond: 2000, failing: 1)
                if fleet.isClosed || bad > 400 { return "\(bad) failures of \(count) environments until the circuit opened" }
            }
            return nil
        },
        Property("a few failures at one moment are no outage: reports of the successes before them may be late") {
            var fleet = QuickFleet(10)
            fleet.goOn(65_000, perSecond: 2000)
            fleet.prepare()
            fleet.wait(1)
            for e in 0..<10 { fleet.call(e, fails: true) }
            return fleet.isClosed ? nil : "10 failures opened the circuit: \(String(describing: fleet.record?.reason))"
        },
        Property("rules that ask for what was not counted wait for the next epoch") {
            var fleet = QuickFleet(1, policy: .failures(100, within: .seconds(60), share: 0))
            for _ in 0..<50 { fleet.call(0) }
            for _ in 0..<5 { fleet.call(0, fails: true) }
            fleet.update(0, .failureRate(0.5, minimumCalls: 5, within: .seconds(60)))
            fleet.call(0, fails: true)
            return fleet.isClosed ? nil : "6 failures of 56 calls opened the circuit at a half"
        },
        Property("the circuit of all opens only if enough environments have seen failures") {
            var fleet = QuickFleet(3, policy: .failures(3, within: .seconds(60)).minimumReporters(2))
            for _ in 0..<3 { fleet.call(0, fails: true) }
            if !fleet.isClosed { return "one environment opened it" }
            fleet.call(1, fails: true)
            return fleet.isClosed ? "two environments did not open it" : nil
        },
        Property("open times differ, so that nothing falls into step with them") {
            let waits = (1...20).map { count in
                var fleet = QuickFleet(count, policy: .failures(1, within: .seconds(60)))
                fleet.call(count - 1, fails: true)
                return fleet.record.map { $0.nextAttempt.since(fleet.now) } ?? 0
            }
            if !waits.allSatisfy({ (5000...10_000).contains($0) }) { return "\(waits)" }
            return Set(waits).count > 10 ? nil : "\(Set(waits).count) of 20 open times differ"
        },
        Property("calls that fail make a ramp longer: twice as long if a tenth of them do") {
            let rules = QuickFleet.rules(.failures(1000, within: .seconds(60)), .init(ramp: .seconds(10)))
            var record = CircuitRecord()
            record.reason = .probesSucceeded(count: 2)
            record.since = Timestamp(milliseconds: 1_200_000_000)
            let shares = [0, 10].map { failures in
                let tally = CircuitWindow.Tally(failures: failures, successes: 100 - failures)
                record.window = CircuitWindow([.init(start: record.since, tally: tally)])
                return rules.share(of: record, at: record.since.adding(5000))
            }
            return shares == [0.5, 0.25] ? nil : "half the time brings \(shares)"
        },
    ]
}
