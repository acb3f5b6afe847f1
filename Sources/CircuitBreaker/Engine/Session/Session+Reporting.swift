//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
extension Session {
    // How many failures and slow calls the store has not acknowledged.
    package var unreportedTrouble: Int {
        (machine.unreported.window.buckets + (machine.unreported.underWay?.buckets ?? [])).reduce(0) { sum, bucket in
            sum.addingSaturating(bucket.tally.failures).addingSaturating(bucket.tally.slowCalls)
        }
    }

    // Tells the store what it has not acknowledged, as a call does that has ended.
    package mutating func report(_ call: inout Call, at now: Timestamp) -> Step {
        enter(at: now)
        defer { leave(at: now) }
        call.phase = .settlement
        call.allowance = rules.storeTimeout
        guard machine.reportUnreported(&call.progress, at: now) else { return over(&call, .settled) }
        return settle(&call, at: now)
    }
}

extension CircuitStateMachine {
    // Whether there is anything to report: successes alone can wait for others to fail.
    mutating func reportUnreported(_ call: inout CallProgress, at now: Timestamp) -> Bool {
        unreported.forget(before: rules.windowStart(at: now))
        guard view.record.state == .closed, unreported.isUrgent || unreported.inFlight != nil else { return false }
        if unreported.isUrgent { takeAlongSuccesses(at: now) }
        call.settling = .tally(upTo: unreported.counted)
        return true
    }
}
