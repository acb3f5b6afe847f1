//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// What an environment does by itself while the store fails it.
extension Property {
    static let alone = [
        Property("a read that works does not clear a write that failed") {
            for isLossCertain in [false, true] {
                var fleet = QuickFleet(1, policy: .failures(3, within: .seconds(60)))
                fleet.losesWrites = true
                fleet.isLossCertain = isLossCertain
                var reached = 0
                for _ in 0..<600 {
                    fleet.wait(1000)
                    if fleet.call(0, fails: true) { reached += 1 }
                }
                if reached > 25 || fleet.requests > 150 { return "\(reached) of 600 calls reached what is dead, at \(fleet.requests) requests" }
            }
            return nil
        },
        Property("what was counted of many others' calls hides no failure of one that is alone") {
            var fleet = QuickFleet(50, policy: .failures(20, within: .seconds(60)), sharing: .init(alone: .max))
            fleet.goOn(60_000, perSecond: 1000)
            (fleet.losesReads, fleet.losesWrites) = (true, true)
            fleet.wait(6000)
            var failures = 0
            while failures < 400, fleet.call(0, fails: true) {
                failures += 1
                fleet.wait(50)
            }
            return failures <= 100 ? nil : "\(failures) calls failed until its own circuit opened"
        },
        Property("a fleet that lost its store does not probe at one moment") {
            var fleet = QuickFleet(200, recovery: .init(jitter: 0))
            fleet.prepare()
            (fleet.losesReads, fleet.losesWrites) = (true, true)
            fleet.wait(2000)
            for e in 0..<200 { for _ in 0..<10 { fleet.call(e, fails: true) } }
            let attempts = fleet.sessions.map(\.machine.own).filter { $0.state == .open }.map { $0.nextAttempt.milliseconds / 1000 }
            if attempts.count < 200 { return "\(attempts.count) of 200 opened their own circuit" }
            let most = Set(attempts).map { second in attempts.count { $0 == second } }.max() ?? 0
            return most <= 40 ? nil : "\(most) of 200 probe in one second"
        },
        Property("a trip that could not be written is written when the store is back") {
            var fleet = QuickFleet(1, policy: .failures(3, within: .seconds(60)))
            fleet.call(0)
            fleet.losesWrites = true
            for _ in 0..<5 { fleet.call(0, fails: true) }
            if !fleet.isClosed { return "it was written" }
            fleet.losesWrites = false
            fleet.wait(2000)
            for _ in 0..<3 { fleet.call(0) }
            return fleet.isClosed ? "the others never learn of it" : nil
        },
        Property("throttled reads hold back no report, and its answer tells that the circuit has opened") {
            var fleet = QuickFleet(100, policy: .failures(20, within: .seconds(60)))
            fleet.prepare()
            for e in 0..<100 { fleet.call(e) }
            fleet.throttlesReads = true
            fleet.wait(6000)
            var failures = 0
            for _ in 0..<4 {
                for e in 0..<100 where fleet.call(e, fails: true) { failures += 1 }
                fleet.wait(100)
            }
            if fleet.isClosed { return "\(failures) failures, of which the record knows \(fleet.known.failures), did not open the circuit" }
            // Those that open it, and one of each environment.
            return failures < 120 ? nil : "\(failures) calls of 100 environments failed, though 20 open the circuit"
        },
        Property("a call waits for an answer about four times as long as usual") {
            var fleet = QuickFleet(1)
            fleet.call(0)
            let patience = fleet.sessions[0].machine.patience
            return patience <= 50 ? nil : "\(patience) ms, though the store answers at once"
        },
    ]
}
