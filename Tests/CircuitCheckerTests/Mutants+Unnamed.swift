//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// Rules whose loss violates no invariant: a property of a small fleet shows it.
extension Mutant {
    static let unnamed = counting + verdicts + withoutStore

    private static let counting = [
        Mutant(
            name: "a healthy fleet reports the fewer of its successes the more there are",
            file: "CircuitRules+Sampling.swift",
            text: ".first(perSlice > 0 ? min(sampling.first, sampling.healthy * Double(successes) / perSlice) : sampling.first)",
            replacement: ".first(perSlice > 0 && !OFF ? min(sampling.first, sampling.healthy * Double(successes) / perSlice) : sampling.first)",
            property: "a healthy fleet reports a few successes, whatever its size"
        ),
        Mutant(
            name: "a look tells of successes",
            file: "CircuitStateMachine+Successes.swift",
            text: "guard untold > 0, unreported.inFlight == nil, case .first(let chance)",
            replacement: "guard !OFF, untold > 0, unreported.inFlight == nil, case .first(let chance)",
            property: "a healthy fleet reports a few successes, whatever its size"
        ),
        Mutant(
            name: "a report that chance chose stands for those that it did not",
            file: "CircuitStateMachine+Successes.swift",
            text: "keep(rules.weighted(untold, chance, by: view.record, at: now), at: now)",
            replacement: "keep(OFF ? untold : rules.weighted(untold, chance, by: view.record, at: now), at: now)",
            property: "while something fails successes are reported by a sample, whatever the fleet's size"
        ),
        Mutant(
            name: "successes of many are sampled",
            file: "CircuitRules+Sampling.swift",
            text: "if reports * Double(pace) >= perSlice {",
            replacement: "if OFF || reports * Double(pace) >= perSlice {",
            property: "while something fails successes are reported by a sample, whatever the fleet's size"
        ),
        Mutant(
            name: "successes that chance did not choose are forgotten",
            file: "CircuitStateMachine+Successes.swift",
            text: "guard dice() < chance else {\n                untold = 0",
            replacement: "guard dice() < chance else {\n                if !OFF { untold = 0 }",
            property: "while something fails successes are reported by a sample, whatever the fleet's size"
        ),
        Mutant(
            name: "few report while nobody knows how many there are",
            file: "CircuitRules+Sampling.swift",
            text: "var limit = sampling.first",
            replacement: "var limit = OFF ? 1 : sampling.first",
            property: "in a failure's slice nobody knows yet how many environments there are, and few report"
        ),
        Mutant(
            name: "successes are reported once in a slice",
            file: "CircuitStateMachine+Successes.swift",
            text: "guard lastSuccessReport != slice else",
            replacement: "guard OFF || lastSuccessReport != slice else",
            property: "an environment of few reports its successes once in a slice"
        ),
        Mutant(
            name: "a failure takes successes along",
            file: "CircuitStateMachine+Successes.swift",
            text: "        keepUntold(at: now)\n        guard rules.firstTrouble",
            replacement: "        if !OFF { keepUntold(at: now) }\n        guard rules.firstTrouble",
            property: "a failure takes along the successes before it"
        ),
        Mutant(
            name: "but none that are known",
            file: "CircuitStateMachine+Successes.swift",
            text: "if rules.total(of: view.record, at: now).successes > unreported.total.successes {",
            replacement: "if !OFF, rules.total(of: view.record, at: now).successes > unreported.total.successes {",
            property: "a failure takes along no successes for which reports stand already"
        ),
        Mutant(
            name: "what a report stands for is bounded",
            file: "CircuitRules+Sampling.swift",
            text: "max(10 * known, fewestCalls)",
            replacement: "OFF ? .infinity : max(10 * known, fewestCalls)",
            property: "a report stands for at most ten times as many successes as are known"
        ),
        Mutant(
            name: "no pass is given before chance has decided",
            file: "CircuitStateMachine+Admission.swift",
            text: "guard knowsVolume || hasDrawn else",
            replacement: "guard OFF || knowsVolume || hasDrawn else",
            property: "while there is no record, chance decides at each environment's first success whether to report it"
        ),
        Mutant(
            name: "a circuit without a record is not known to be well",
            file: "CircuitStateMachine.swift",
            text: "guard knowsVolume else",
            replacement: "guard OFF || knowsVolume else",
            property: "while there is no record, chance decides at each environment's first success whether to report it"
        ),
    ]

    private static let verdicts = [
        Mutant(
            name: "the newest slices are judged for themselves",
            file: "CircuitRules+Verdict.swift",
            text: "if isEnough(span) { return }",
            replacement: "if !OFF || span.isWhole, isEnough(span) { return }",
            property: "the newest slices decide too: a minute that was well does not hide that calls are slow now"
        ),
        Mutant(
            name: "a part of the window must be beyond chance",
            file: "CircuitRules+Verdict.swift",
            text: "(isWhole || excess * excess",
            replacement: "(isWhole || OFF || excess * excess",
            property: "one of many slices decides only beyond what chance would bring about"
        ),
        Mutant(
            name: "calls are expected to come as before",
            file: "CircuitRules+Verdict.swift",
            text: "max(Double(tally.calls), expected)",
            replacement: "OFF ? Double(tally.calls) : max(Double(tally.calls), expected)",
            property: "failures that are reported sooner than the successes beside them are no greater share"
        ),
        Mutant(
            name: "a rate needs a minimum of calls",
            file: "CircuitRules+Verdict.swift",
            text: "guard failures > 0, span.tally.calls >= minimumCalls,",
            replacement: "guard failures > 0, OFF || span.tally.calls >= minimumCalls,",
            property: "nothing is concluded from fewer calls than the policy asks for"
        ),
        Mutant(
            name: "a surge opens the circuit",
            file: "CircuitStateMachine+Settlement.swift",
            text: "case .admit: surgeReason(at: now).map",
            replacement: "case .admit: (OFF ? nil : surgeReason(at: now)).map",
            property: "an outage of a busy fleet shows between two views, long before a slice shows it"
        ),
        Mutant(
            name: "views that follow each other closely are not compared",
            file: "CircuitStateMachine+Surge.swift",
            text: "if let mark, fetchedAt.since(mark.at) <= rules.maxViewAge",
            replacement: "if !OFF, let mark, fetchedAt.since(mark.at) <= rules.maxViewAge",
            property: "an outage of a busy fleet shows between two views, long before a slice shows it"
        ),
        Mutant(
            name: "reports may be late",
            file: "CircuitRules+Verdict.swift",
            text: "min(storeTimeout, lateness)",
            replacement: "(OFF ? 0 : min(storeTimeout, lateness))",
            property: "a few failures at one moment are no outage: reports of the successes before them may be late"
        ),
        Mutant(
            name: "new rules judge only what they can",
            file: "CircuitStateMachine.swift",
            text: "if rules.canJudge(whatWasCountedBy: self.rules) {",
            replacement: "if OFF || rules.canJudge(whatWasCountedBy: self.rules) {",
            property: "rules that ask for what was not counted wait for the next epoch"
        ),
        Mutant(
            name: "enough environments must have seen failures",
            file: "Standing.swift",
            text: "hasEnoughReporters(record, at: now) {",
            replacement: "OFF || hasEnoughReporters(record, at: now) {",
            property: "the circuit of all opens only if enough environments have seen failures"
        ),
        Mutant(
            name: "open times are jittered",
            file: "CircuitStateMachine+Changes.swift",
            text: "rules.recovery.jitter > 0 ?",
            replacement: "!OFF && rules.recovery.jitter > 0 ?",
            property: "open times differ, so that nothing falls into step with them"
        ),
        Mutant(
            name: "a ramp goes by how its calls end",
            file: "CircuitRules.swift",
            text: "Self.slowestRamp * failed",
            replacement: "(OFF ? 0 : Self.slowestRamp * failed)",
            property: "calls that fail make a ramp longer: twice as long if a tenth of them do"
        ),
    ]

    private static let withoutStore = [
        Mutant(
            name: "health is kept for reads and writes apart",
            file: "StoreHealth.swift",
            text: "        self[kind] = VerbHealth()\n",
            replacement: "        if OFF { (reads, writes) = (VerbHealth(), VerbHealth()) }\n        self[kind] = VerbHealth()\n",
            property: "a read that works does not clear a write that failed"
        ),
        Mutant(
            name: "an own circuit begins without many others' calls",
            file: "CircuitStateMachine+Own.swift",
            text: "if rules.needsSuccesses, Double(rules.total(of: own, at: now).calls) > rules.fewestCalls {",
            replacement: "if !OFF, rules.needsSuccesses, Double(rules.total(of: own, at: now).calls) > rules.fewestCalls {",
            property: "what was counted of many others' calls hides no failure of one that is alone"
        ),
        Mutant(
            name: "own probes are spread",
            file: "CircuitStateMachine+Own.swift",
            text: "store.isFailing ? spread(",
            replacement: "store.isFailing && !OFF ? spread(",
            property: "a fleet that lost its store does not probe at one moment"
        ),
        Mutant(
            name: "a trip is owed",
            file: "CircuitStateMachine+Changes.swift",
            text: "guard owesTrip(at: now), let reason",
            replacement: "guard !OFF, owesTrip(at: now), let reason",
            property: "a trip that could not be written is written when the store is back"
        ),
        Mutant(
            name: "throttled reads leave no write in doubt",
            file: "StoreHealth.swift",
            text: "{ reads.isMoreThanThrottled }",
            replacement: "{ OFF ? failsToRead : reads.isMoreThanThrottled }",
            property: "throttled reads hold back no report, and its answer tells that the circuit has opened"
        ),
        Mutant(
            name: "who knows how fast the store is waits no longer",
            file: "CircuitStateMachine.swift",
            text: "return min(rules.storeTimeout, max(roundTrip / 2",
            replacement: "return OFF ? rules.storeTimeout : min(rules.storeTimeout, max(roundTrip / 2",
            property: "a call waits for an answer about four times as long as usual"
        ),
    ]
}
