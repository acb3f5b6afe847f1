//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// How many reports tell the fleet's successes, whatever its size.
package struct SuccessSampling: Hashable, Sendable {
    // By which chance an environment tells of its successes while nobody knows how many others do.
    package var first = 0.03
    // Reports in one slice, of all environments together: while nothing fails, and while the window shows failures or slow calls.
    package var healthy = 6.0
    package var troubled = 24.0
    // The most of them in a second.
    package var perSecond = 8.0
}

// How an environment tells the others of its successes.
enum SuccessReporting: Hashable {
    // All of them, once in each slice and with each failure.
    case all
    // By a chance, and those that it does not choose with the next failure.
    case first(Double)
    // By a chance alone.
    case sample(Double)
}

extension CircuitRules {
    // By the record that an environment just saw, its successes since it last did, and all that it had in a slice.
    //
    // The chance is the greater the more they are, so that each report stands for as many calls as any other, and their number does not depend on that of environments.
    func reporting(_ successes: Int, pace: Int, by record: CircuitRecord, at now: Timestamp) -> SuccessReporting {
        let perSlice = callsPerSlice(in: record, at: now)
        guard let trouble = firstTrouble(in: record, at: now) else {
            return .first(perSlice > 0 ? min(sampling.first, sampling.healthy * Double(successes) / perSlice) : sampling.first)
        }
        // What the window holds in the slice of the first failure may come from few; from then on, silence says that there are few.
        var limit = sampling.first
        for _ in 0..<min(16, max(0, now.since(trouble.adding(bucketWidth)) / maxViewAge)) { limit *= 4 }
        // Beside many reports of failures a few more of successes cost little.
        let reports = max(1, min(sampling.troubled, sampling.perSecond * Double(bucketWidth) / 1000), failuresPerSlice(in: record, at: now) / 4)
        if reports * Double(pace) >= perSlice { return limit >= 1 ? .all : .first(limit) }
        return .sample(min(1, limit, reports * Double(successes) / perSlice))
    }

    // What a report that chance chose stands for. It is believed no more than what is known allows: one that is rare would count for too much.
    func weighted(_ successes: Int, _ chance: Double, by record: CircuitRecord, at now: Timestamp) -> Int {
        let known = Double(max(successes, total(of: record, at: now).calls))
        return Int(min(Double(successes) / chance, max(10 * known, fewestCalls), Double(Int32.max)) + 0.5)
    }

    // So many calls, none of them failed, do not keep a circuit from opening that has half as many failures again as it takes.
    var fewestCalls: Double {
        switch policy.rule {
        case .failures(let threshold, let share) where share > 0: Double(threshold) / share
        case .failureRate(_, let minimumCalls): Double(minimumCalls)
        case .failures, .consecutiveFailures: Double(policy.slow?.minimumCalls ?? 0)
        }
    }

    // The first slice in the window in which calls failed or were slow.
    func firstTrouble(in record: CircuitRecord, at now: Timestamp) -> Timestamp? {
        let own = record.window.isEmpty ? nil : slices(of: record, at: now).first(where: \.isUrgent)?.start
        guard foreignFailures(in: record, at: now) > 0 else { return own }
        let foreign = bucketStart(at: record.shared.lastFailureTime)
        return own.map { min($0, foreign) } ?? foreign
    }

    private func failuresPerSlice(in record: CircuitRecord, at now: Timestamp) -> Double {
        perSlice(total(of: record, at: now).failures, in: record, at: now)
    }

    func callsPerSlice(in record: CircuitRecord, at now: Timestamp) -> Double {
        perSlice(total(of: record, at: now).calls, in: record, at: now)
    }

    private func perSlice(_ count: Int, in record: CircuitRecord, at now: Timestamp) -> Double {
        guard let first = slices(of: record, at: now).first?.start else { return 0 }
        // At first a slice is as long as it has lasted, but for its very beginning.
        let time = max(bucketWidth / 10, now.since(first), 1)
        return Double(count) * Double(bucketWidth) / Double(time)
    }
}
