//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Synchronization

// What calls need of the configuration, readable without a lock while another one comes into force.
final class LiveSettings: Sendable {
    // In milliseconds; none: the largest number.
    private let timeoutLimit: Atomic<Int64>
    private let margin: Atomic<Int64>
    private let budget: Atomic<Int64>
    private let slowLimit: Atomic<Int64>
    private let storeLimit: Atomic<Int64>
    // A part of the whole: to copy all of it takes longer than to judge. In a box, since a mutex wraps a bare function once more at each access.
    private struct Judge {
        let verdict: @Sendable (any Error) -> CircuitBreaker.Verdict
    }

    private let judgement: Mutex<Judge>
    private let whole: Mutex<CircuitBreaker.Configuration>

    init(_ configuration: CircuitBreaker.Configuration, _ rules: CircuitRules) {
        whole = Mutex(configuration)
        judgement = Mutex(Judge(verdict: configuration.judge))
        timeoutLimit = Atomic(configuration.timeout?.milliseconds ?? .max)
        margin = Atomic(configuration.deadlineMargin?.milliseconds ?? .max)
        budget = Atomic(configuration.minimumBudget.milliseconds)
        slowLimit = Atomic(rules.slowLimit ?? .max)
        storeLimit = Atomic(rules.storeTimeout)
    }

    var configuration: CircuitBreaker.Configuration { whole.withLock { $0 } }
    var timeout: Int64? { Self.some(timeoutLimit) }
    var deadlineMargin: Int64? { Self.some(margin) }
    var minimumBudget: Int64 { budget.load(ordering: .relaxed) }
    var storeTimeout: Int64 { storeLimit.load(ordering: .relaxed) }
    // A call that succeeds but takes longer is slow.
    var slowNanoseconds: Int64 { slowLimit.load(ordering: .relaxed).multipliedSaturating(by: 1_000_000) }

    private static func some(_ number: borrowing Atomic<Int64>) -> Int64? {
        let number = number.load(ordering: .relaxed)
        return number == .max ? nil : number
    }

    func judge(_ error: any Error) -> CircuitBreaker.Verdict {
        judgement.withLock { $0 }.verdict(error)
    }

    // MARK: under the session's lock

    // What has nothing to do with what was counted. The configuration before.
    func take(_ configuration: CircuitBreaker.Configuration) -> CircuitBreaker.Configuration {
        timeoutLimit.store(configuration.timeout?.milliseconds ?? .max, ordering: .relaxed)
        margin.store(configuration.deadlineMargin?.milliseconds ?? .max, ordering: .relaxed)
        budget.store(configuration.minimumBudget.milliseconds, ordering: .relaxed)
        judgement.withLock { $0 = Judge(verdict: configuration.judge) }
        return whole.withLock { whole in
            defer { whole = configuration }
            return whole
        }
    }

    // What comes into force with the session's rules.
    func follow(_ rules: CircuitRules) {
        slowLimit.store(rules.slowLimit ?? .max, ordering: .relaxed)
        storeLimit.store(rules.storeTimeout, ordering: .relaxed)
    }
}
