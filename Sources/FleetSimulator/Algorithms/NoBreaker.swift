//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// Every call is made.
struct NoBreaker: AlgorithmModel {
    typealias Action = Never
    typealias Reply = Never
    typealias Record = Never

    static var retry: StoreRetry { .never }

    mutating func start(_ e: Int, life: UInt32, seed: UInt64) {}
    mutating func begin(_ e: Int, at now: Timestamp) -> AlgorithmStep<Never> { .call(limit: nil, isProbe: false) }
    mutating func finish(_ e: Int, _ outcome: CallOutcome, at now: Timestamp) -> AlgorithmStep<Never> { .done }
    mutating func end(_ e: Int) {}
    func belief(of e: Int) -> Belief { .closed }
}

// What needs no store asks it nothing.
extension AlgorithmModel where Action == Never, Reply == Never, Record == Never {
    mutating func resume(_ e: Int, with answer: StoreAnswer<Never>, at now: Timestamp) -> AlgorithmStep<Never> { .done }
    static func nextAttempt(of record: Never) -> Timestamp? {}
    func belief(of record: Never?) -> Belief { .unknown }
    static func demand(of action: Never, on record: Never?) -> StoreDemand {}
    mutating func answer(_ action: Never, reading record: Never?) -> Never {}
    mutating func write(_ action: Never, to record: inout Never?, from e: Int, at now: Milliseconds) -> (Never, isChanged: Bool) {}
}
