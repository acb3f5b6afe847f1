//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// How the fleet's successes become known, and at which cost.
extension Property {
    static let counting = [
        Property("a healthy fleet reports a few successes, whatever its size") {
            var fleet = QuickFleet(1000)
            fleet.goOn(60_000, perSecond: 1000)
            let before = fleet.reports
            fleet.goOn(60_000, perSecond: 1000)
            let (reports, known) = (fleet.reports - before, fleet.known.calls)
            // Six in each of ten slices.
            if !(20...120).contains(reports) { return "\(reports) reports in a minute" }
            // The window is up to a slice longer than a minute.
            return (40_000...100_000).contains(known) ? nil : "60,000 calls are known as \(known)"
        },
        Property("while something fails successes are reported by a sample, whatever the fleet's size") {
            var fleet = QuickFleet(1000, policy: .failures(1000, within: .seconds(60)))
            fleet.goOn(12_000, perSecond: 1000)
            fleet.call(0, fails: true)
            fleet.goOn(18_000, perSecond: 1000)
            let (before, known) = (fleet.reports, fleet.known.calls)
            fleet.goOn(24_000, perSecond: 1000)
            // 24 in each of four slices.
            let (reports, calls) = (fleet.reports - before, fleet.known.calls - known)
            if reports > 200 { return "\(reports) reports in four slices" }
            return (16_000...34_000).contains(calls) ? nil : "24,000 calls are known as \(calls)"
        },
        Property("in a failure's slice nobody knows yet how many environments there are, and few report") {
            var fleet = QuickFleet(1000, policy: .failures(1000, within: .seconds(60)))
            fleet.call(0, fails: true)
            fleet.prepare()
            fleet.askAlways()
            for e in 1..<1000 { fleet.call(e) }
            return fleet.reports <= 100 ? nil : "\(fleet.reports) reports"
        },
        Property("an environment of few reports its successes once in a slice") {
            var fleet = QuickFleet(2, policy: .failures(1000, within: .seconds(60)))
            fleet.call(0, fails: true)
            fleet.wait(12_000)
            fleet.prepare()
            let before = fleet.reports
            for _ in 0..<400 {
                fleet.call(1)
                fleet.wait(50)
            }
            return (2...5).contains(fleet.reports - before) ? nil : "\(fleet.reports - before) reports in four slices"
        },
        Property("a failure takes along the successes before it") {
            var fleet = QuickFleet(1)
            for _ in 0..<30 { fleet.call(0) }
            for _ in 0..<7 { fleet.call(0, fails: true) }
            return fleet.isClosed ? nil : "7 failures of 37 calls opened the circuit, a fifth would"
        },
        Property("a failure takes along no successes for which reports stand already") {
            var fleet = QuickFleet(5, policy: .failures(1000, within: .seconds(60)))
            fleet.goOn(60_000, perSecond: 1000)
            let known = fleet.known.calls
            for e in 0..<5 { fleet.call(e, fails: true) }
            let added = fleet.known.calls - known
            return added <= 10_000 ? nil : "five failures brought \(added) calls"
        },
        Property("a report stands for at most ten times as many successes as are known") {
            for seed in 0..<200 {
                var fleet = QuickFleet(seed + 1)
                for _ in 0..<10 { fleet.call(seed) }
                fleet.wait(5000)
                fleet.call(seed)
                if fleet.known.calls > 110 { return "11 successes of one environment are known as \(fleet.known.calls)" }
            }
            return nil
        },
        Property("while there is no record, chance decides at each environment's first success whether to report it") {
            var fleet = QuickFleet(1000)
            fleet.prepare()
            for e in 0..<980 { fleet.call(e) }
            for e in 980..<1000 { fleet.call(e, fails: true) }
            return fleet.isClosed ? nil : "20 failures of 1000 calls opened the circuit"
        },
    ]
}
