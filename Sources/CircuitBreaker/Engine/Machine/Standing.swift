//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// What a record says about a call that arrives now.
package enum Standing: Hashable, Sendable {
    // CLOSED: the share of calls that are admitted.
    case admit(share: Double)
    // The call is rejected, and the time at which that may change.
    case reject(Rejection.Reason, state: CircuitState, until: Timestamp)
    // A free slot for a probe; what it holds now, if a lease has ended; whether taking it is the change from OPEN to HALF-OPEN.
    case probe(slot: Int, contents: ProbeSlot?, opens: Bool)
    // A change of state is due which whoever sees it makes.
    case due(DueChange)
}

package enum DueChange: Hashable, Sendable {
    // CLOSED to OPEN: the window crossed the threshold.
    case trip(ChangeReason)
    // HALF-OPEN to CLOSED: enough probes succeeded.
    case close
    // HALF-OPEN to OPEN: too many probes ended without an outcome.
    case giveUp
    // A foreign writer opened the circuit.
    case adoptOpen(nextAttempt: Timestamp)
    // A foreign writer closed the circuit after its next attempt was due.
    case adoptClosed
    // A foreign writer closed the circuit too early.
    case putBack
}

extension CircuitRules {
    // Slots that the caller knows to be spoken for count as taken.
    package func standing(of record: CircuitRecord, at now: Timestamp, spokenFor: Set<Int> = []) -> Standing {
        switch (record.state, record.foreignState) {
        case (.closed, .closed):
            if let reason = tripReason(of: record, at: now), hasEnoughReporters(record, at: now) { return .due(.trip(reason)) }
            return .admit(share: share(of: record, at: now))

        case (.closed, .open), (.halfOpen, .open):
            let limit = now.adding(longestOpenTime)
            let nextAttempt = min(record.shared.nextAttempt, limit)
            return now < nextAttempt ? .due(.adoptOpen(nextAttempt: nextAttempt)) : probe(record, opens: true, at: now, spokenFor)

        case (.closed, .halfOpen):
            return probe(record, opens: true, at: now, spokenFor)

        case (.open, .closed) where record.shared.stateTimestamp >= record.nextAttempt:
            return .due(.adoptClosed)
        case (.open, .closed) where !isDue(record.nextAttempt, at: now):
            return .due(.putBack)
        case (.open, _):
            if !isDue(record.nextAttempt, at: now) { return .reject(.open(record.reason), state: .open, until: record.nextAttempt) }
            return probe(record, opens: true, at: now, spokenFor)

        case (.halfOpen, .closed):
            return .due(.adoptClosed)
        case (.halfOpen, .halfOpen):
            if record.successCount >= recovery.successesToClose { return .due(.close) }
            if record.lostProbes >= Self.lostProbesToOpen || record.unusedProbes >= Self.unusedProbesToOpen { return .due(.giveUp) }
            if record.countsAreImpossible { return .due(.giveUp) }
            return probe(record, opens: false, at: now, spokenFor)
        }
    }

    private func probe(_ record: CircuitRecord, opens: Bool, at now: Timestamp, _ spokenFor: Set<Int>) -> Standing {
        let taken = record.slots.count { !isFree($0.value, at: now) }
        if taken < recovery.probes {
            for index in 0..<recovery.probes where !spokenFor.contains(index) && isFree(record.slots[index], at: now) {
                return .probe(slot: index, contents: record.slots[index], opens: opens)
            }
        }
        return .reject(.probing, state: opens ? .open : .halfOpen, until: now.adding(maxViewAge))
    }
}
