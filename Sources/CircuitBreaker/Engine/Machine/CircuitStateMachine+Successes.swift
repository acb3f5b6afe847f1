//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// What the others learn of this environment's successes: all of them while few environments make the calls, a sample with weights while many do.
extension CircuitStateMachine {
    // After a success; whether a report of successes is due.
    mutating func countSuccess(at now: Timestamp) -> Bool {
        addUntold(1, at: now)
        guard !hasDrawn, !tellsWithLooks(at: now) else { return false }
        hasDrawn = true
        switch reporting(at: now) {
        case .all:
            keepUntold(at: now)
            return isTurn(at: now)
        case .first(let chance):
            guard dice() < chance else {
                keepUntold(at: now)
                return false
            }
            return keepWeighted(chance, at: now)
        case .sample(let chance):
            unreported.forgetSuccesses()
            guard dice() < chance else {
                untold = 0
                return false
            }
            return keepWeighted(chance, at: now)
        }
    }

    // The answer to a report is a view as good as that to a read: while all is well, the successes that chance chooses are reported by the next look.
    mutating func tellingLook(at now: Timestamp) -> StoreRequest {
        guard untold > 0, unreported.inFlight == nil, case .first(let chance) = reporting(at: now) else { return read(at: now) }
        guard dice() < chance else {
            keepUntold(at: now)
            return read(at: now)
        }
        _ = keepWeighted(chance, at: now)
        reading = requests + 1
        return sendReport(at: now)
    }

    private func tellsWithLooks(at now: Timestamp) -> Bool {
        rules.lookBeside > 0 && isHealthy(at: now)
    }

    mutating func addUntold(_ successes: Int, at now: Timestamp) {
        untold = untold.addingSaturating(successes)
        pace.add(successes, in: rules.bucketStart(at: now), width: rules.bucketWidth)
    }

    // A failure takes along the successes before it, but for those that a sample stands for.
    mutating func takeAlongSuccesses(at now: Timestamp) {
        if case .sample = reporting(at: now) { return unreported.forgetSuccesses() }
        keepUntold(at: now)
        guard rules.firstTrouble(in: view.record, at: now) == nil else { return }
        if rules.total(of: view.record, at: now).successes > unreported.total.successes { unreported.forgetSuccesses() }
    }

    private func reporting(at now: Timestamp) -> SuccessReporting {
        rules.reporting(untold, pace: pace.most, by: view.record, at: now)
    }

    private mutating func keepWeighted(_ chance: Double, at now: Timestamp) -> Bool {
        keep(rules.weighted(untold, chance, by: view.record, at: now), at: now)
        untold = 0
        return true
    }

    private mutating func keepUntold(at now: Timestamp) {
        guard untold > 0 else { return }
        keep(untold, at: now)
        untold = 0
    }

    private mutating func keep(_ successes: Int, at now: Timestamp) {
        let tally = CircuitWindow.Tally(successes: successes)
        unreported.count(tally, bucket: rules.bucketStart(at: now), reporter: nil, at: now, retryAfter: nil)
        unreported.forget(before: rules.windowStart(at: now))
    }

    // Once in each slice, not all environments at once.
    private func isTurn(at now: Timestamp) -> Bool {
        let slice = rules.bucketStart(at: now)
        var dice = SplitMix64(seed: salt)
        guard lastSuccessReport != slice else { return false }
        // Who calls less than once in a slice may not come again in this one.
        return pace.before == 0 || now >= slice.adding(Int64(Double(rules.bucketWidth) * dice.unit()))
    }

    // Chance that leaves the machine as it was: which successes are reported must not change what else is decided.
    private func dice() -> Double {
        var dice = SplitMix64(seed: salt &+ requests &* 0x9E37_79B9)
        return dice.unit()
    }
}

// How many successes an environment has in a slice.
struct SuccessPace: Hashable {
    var slice = Timestamp(milliseconds: .min)
    var count = 0
    var before = 0

    var most: Int { max(count, before) }

    mutating func add(_ successes: Int, in slice: Timestamp, width: Int64) {
        if slice != self.slice {
            before = slice == self.slice.adding(width) ? count : 0
            count = 0
            self.slice = slice
        }
        count = count.addingSaturating(successes)
    }
}
