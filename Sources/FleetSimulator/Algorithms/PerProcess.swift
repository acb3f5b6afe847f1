//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// A breaker in each process: opens at a number of consecutive failures, and lets one call through when its time is over, as opossum and cockatiel do.
struct PerProcess: AlgorithmModel {
    typealias Action = Never
    typealias Reply = Never
    typealias Record = Never

    static var retry: StoreRetry { .never }

    private let threshold: Int32
    private let openTime: Milliseconds
    private var states: [Belief]
    private var failures: [Int32]
    private var openUntil: [Timestamp]

    init(_ scenario: Scenario) {
        let count = scenario.fleet.environments
        threshold = Int32(clamping: scenario.circuit.threshold)
        openTime = scenario.circuit.recovery.openTime.milliseconds
        states = Array(repeating: .closed, count: count)
        failures = Array(repeating: 0, count: count)
        openUntil = Array(repeating: .zero, count: count)
    }

    mutating func start(_ e: Int, life: UInt32, seed: UInt64) {
        states[e] = .closed
        failures[e] = 0
    }

    mutating func begin(_ e: Int, at now: Timestamp) -> AlgorithmStep<Never> {
        guard states[e] == .open else { return .call(limit: nil, isProbe: false) }
        guard now >= openUntil[e] else { return .reject(isRamp: false) }
        states[e] = .halfOpen
        return .call(limit: nil, isProbe: true)
    }

    mutating func finish(_ e: Int, _ outcome: CallOutcome, at now: Timestamp) -> AlgorithmStep<Never> {
        guard outcome != .success else {
            states[e] = .closed
            failures[e] = 0
            return .done
        }
        failures[e] += 1
        if states[e] == .halfOpen || failures[e] >= threshold {
            states[e] = .open
            openUntil[e] = now.adding(openTime)
        }
        return .done
    }

    mutating func end(_ e: Int) {}
    func belief(of e: Int) -> Belief { states[e] }
}
