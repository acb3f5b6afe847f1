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

    // Reports what the store has not acknowledged, for an environment that ends: it waits for the answer, and tries a store that was to be left alone.
    package mutating func report(_ call: inout Call, at now: Timestamp) -> Step {
        enter(at: now)
        defer { leave(at: now) }
        call.phase = .reporting
        call.allowance = rules.storeTimeout
        return goOnReporting(&call, at: now)
    }

    mutating func goOnReporting(_ call: inout Call, at now: Timestamp) -> Step {
        guard !call.isLate else { return over(&call, .settled) }
        // Another call's report comes first.
        if machine.unreported.inFlight != nil {
            call.patience = call.allowance
            call.isPatient = call.patience >= machine.patience
            return .wait(limit: call.patience, isCancellable: false)
        }
        if call.progress.reports == 0, machine.hasTroubleToReport(at: now) {
            call.progress.reports = 1
            call.progress.settling = .tally(upTo: machine.unreported.counted)
            return ask(machine.sendReport(at: now), for: &call)
        }
        call.phase = .settlement
        return settle(&call, at: now)
    }
}

extension CircuitStateMachine {
    // Successes alone can wait for others to fail.
    fileprivate mutating func hasTroubleToReport(at now: Timestamp) -> Bool {
        unreported.forget(before: rules.windowStart(at: now))
        guard view.record.state == .closed, unreported.isUrgent else { return false }
        takeAlongSuccesses(at: now)
        return true
    }
}
