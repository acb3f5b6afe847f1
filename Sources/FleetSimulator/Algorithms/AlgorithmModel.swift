//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// What protects the calls: ours or another's, for all environments of a fleet, each at its index. One call at a time each.
//
// `begin` asks whether a call may be made, `finish` tells how it ended; where either needs the store, it answers `.ask`, and `resume` brings the reply.
protocol AlgorithmModel {
    associatedtype Action
    associatedtype Reply
    associatedtype Record

    // How often a request that the store refuses or throttles is sent in all, and how long the client waits between.
    static var retry: StoreRetry { get }

    // A new process begins, at an environment's index.
    mutating func start(_ e: Int, life: UInt32, seed: UInt64)
    // The record of a fleet that has run for a while and is well.
    static var settledRecord: Record? { get }
    // What it does before its first call: nothing is known yet, or it has run for a while and knows the record.
    mutating func prepare(_ e: Int, knowing record: Record??, at now: Timestamp)
    mutating func begin(_ e: Int, at now: Timestamp) -> AlgorithmStep<Action>
    mutating func resume(_ e: Int, with answer: StoreAnswer<Reply>, at now: Timestamp) -> AlgorithmStep<Action>
    mutating func finish(_ e: Int, _ outcome: CallOutcome, at now: Timestamp) -> AlgorithmStep<Action>
    // A request that is to be sent beside what the step says, and for how long its answer is waited for at most; its token comes back with the answer.
    mutating func takeLook(_ e: Int) -> (token: UInt64, action: Action, limit: Milliseconds)?
    mutating func collect(_ e: Int, _ token: UInt64, _ answer: StoreAnswer<Reply>, at now: Timestamp)
    // An answer has been collected, or the wait for one has ended.
    mutating func waited(_ e: Int, at now: Timestamp) -> AlgorithmStep<Action>
    // The process is gone, whatever it did.
    mutating func end(_ e: Int)

    // What the environment takes the circuit for.
    func belief(of e: Int) -> Belief
    func belief(of record: Record?) -> Belief

    // MARK: the store's part

    static func demand(of action: Action, on record: Record?) -> StoreDemand
    mutating func answer(_ action: Action, reading record: Record?) -> Reply
    // Carries a write out if its condition holds.
    mutating func write(_ action: Action, to record: inout Record?, from e: Int, at now: Milliseconds) -> (Reply, isChanged: Bool)

    // What the record's window counts; nil: it has none.
    func counted(in record: Record?, at now: Timestamp) -> CircuitWindow.Tally?

    // When an OPEN record may be probed.
    static func nextAttempt(of record: Record) -> Timestamp?

    // A millisecond begins, by the true clock.
    mutating func advance(to now: Milliseconds)
    // What does not hold, if anything.
    var violation: Violation? { get }
}

enum AlgorithmStep<Action> {
    // The call is made, and times out after so long at the latest.
    case call(limit: Milliseconds?, isProbe: Bool, isOwn: Bool = false)
    case reject(isRamp: Bool)
    // The store is asked, and waited for for so long at most.
    case ask(Action, limit: Milliseconds?)
    // The answer to a look is waited for, for so long at most.
    case wait(limit: Milliseconds)
    case done
}

enum CallOutcome {
    case success
    case failure
    case timedOut
}

enum StoreAnswer<Reply> {
    case reply(Reply)
    case failed(isThrottling: Bool, mayHaveBeenApplied: Bool)
}

struct StoreDemand {
    enum Kind { case eventualRead, consistentRead, write }

    var kind: Kind
    var units: Double
}

struct StoreRetry {
    var attempts: Int
    // The first wait after an error, and after being throttled; each further one is twice as long.
    var delay: Milliseconds
    var throttledDelay: Milliseconds
    // Whether a wait is at random from none to that.
    var isRandom = true

    static let never = StoreRetry(attempts: 1, delay: 0, throttledDelay: 0)
    // The AWS SDK for JavaScript, version 3.
    static let javaScript = StoreRetry(attempts: 3, delay: 100, throttledDelay: 500)
    // botocore for DynamoDB.
    static let python = StoreRetry(attempts: 10, delay: 50, throttledDelay: 50, isRandom: false)

    func wait(after attempt: Int, isThrottled: Bool, luck: Double) -> Milliseconds {
        let longest = (isThrottled ? throttledDelay : delay) << min(attempt - 1, 20)
        return isRandom ? Milliseconds(luck * Double(longest)) : longest
    }
}

extension AlgorithmModel {
    static var settledRecord: Record? { nil }
    mutating func prepare(_ e: Int, knowing record: Record??, at now: Timestamp) {}
    mutating func takeLook(_ e: Int) -> (token: UInt64, action: Action, limit: Milliseconds)? { nil }
    mutating func collect(_ e: Int, _ token: UInt64, _ answer: StoreAnswer<Reply>, at now: Timestamp) {}
    mutating func waited(_ e: Int, at now: Timestamp) -> AlgorithmStep<Action> { .done }
    mutating func advance(to now: Milliseconds) {}
    var violation: Violation? { nil }
    func counted(in record: Record?, at now: Timestamp) -> CircuitWindow.Tally? { nil }
}
