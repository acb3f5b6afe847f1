//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// circuitbreaker-lambda 1.0.1: reads the item before each call and writes all of it after each, without a condition.
struct CircuitBreakerLambda: AlgorithmModel {
    struct Item: Hashable {
        var state = Belief.closed
        var failureCount = 0
        var successCount = 0
        var nextAttempt: Timestamp = .zero
        var lastFailureTime: Timestamp = .zero
        var consecutiveOpens = 0
    }

    enum Action {
        case get
        case save(Item)
    }

    enum Reply {
        case item(Item?)
        case saved
    }

    typealias Record = Item

    private enum Stage {
        case loading, promoting, saving
    }

    // The environment's copy, and when the cache last saw it.
    private struct Local {
        var item = Item()
        var cached: Item?
        var cachedAt: Timestamp = .zero
        var stage = Stage.loading
    }

    static var retry: StoreRetry { .javaScript }

    // Its own default, since the circuit's is shorter.
    private static let defaultMaximumOpenTime: Milliseconds = 60_000

    private let threshold: Int
    private let successesToClose: Int
    private let openTime: Milliseconds
    private let maximumOpenTime: Milliseconds
    private let window: Milliseconds
    private let cacheTime: Milliseconds
    private var locals: [Local]

    init(_ scenario: Scenario, cacheTime: Milliseconds = 0) {
        threshold = scenario.circuit.threshold
        successesToClose = scenario.circuit.recovery.successesToClose
        openTime = scenario.circuit.recovery.openTime.milliseconds
        maximumOpenTime = max(Self.defaultMaximumOpenTime, openTime)
        window = scenario.circuit.policy.window.milliseconds
        self.cacheTime = cacheTime
        locals = Array(repeating: Local(), count: scenario.fleet.environments)
    }

    mutating func start(_ e: Int, life: UInt32, seed: UInt64) { locals[e] = Local() }
    mutating func end(_ e: Int) {}
    func belief(of e: Int) -> Belief { locals[e].item.state }
    func belief(of record: Item?) -> Belief { record?.state ?? .closed }
    static func nextAttempt(of record: Item) -> Timestamp? { record.state == .open ? record.nextAttempt : nil }

    mutating func begin(_ e: Int, at now: Timestamp) -> AlgorithmStep<Action> {
        if cacheTime > 0, let cached = locals[e].cached, now.since(locals[e].cachedAt) < cacheTime {
            locals[e].item = cached
            return check(e, at: now)
        }
        locals[e].stage = .loading
        return .ask(.get, limit: nil)
    }

    mutating func resume(_ e: Int, with answer: StoreAnswer<Reply>, at now: Timestamp) -> AlgorithmStep<Action> {
        switch locals[e].stage {
        case .loading:
            // A missing item or an error leaves what the environment last knew.
            if case .reply(.item(let item?)) = answer {
                locals[e].item = item
                locals[e].cached = item
                locals[e].cachedAt = now
            }
            return check(e, at: now)
        case .promoting:
            noteSaved(answer, e, at: now)
            return .call(limit: nil, isProbe: true)
        case .saving:
            noteSaved(answer, e, at: now)
            return .done
        }
    }

    private mutating func check(_ e: Int, at now: Timestamp) -> AlgorithmStep<Action> {
        let item = locals[e].item
        if item.state == .closed, item.lastFailureTime > .zero, now.since(item.lastFailureTime) > window { locals[e].item.failureCount = 0 }
        guard item.state == .open else { return .call(limit: nil, isProbe: item.state == .halfOpen) }
        guard item.nextAttempt <= now else { return .reject(isRamp: false) }
        locals[e].item.state = .halfOpen
        locals[e].item.successCount = 0
        locals[e].stage = .promoting
        return .ask(.save(locals[e].item), limit: nil)
    }

    mutating func finish(_ e: Int, _ outcome: CallOutcome, at now: Timestamp) -> AlgorithmStep<Action> {
        var item = locals[e].item
        if outcome == .success {
            if item.state == .halfOpen {
                item.successCount += 1
                if item.successCount >= successesToClose {
                    item.state = .closed
                    item.successCount = 0
                    item.failureCount = 0
                    item.consecutiveOpens = 0
                }
            }
        } else {
            item.failureCount += 1
            item.lastFailureTime = now
            if item.state == .halfOpen {
                open(&item, opens: item.consecutiveOpens + 1, at: now)
            } else if item.failureCount >= threshold {
                open(&item, opens: 0, at: now)
            }
        }
        locals[e].item = item
        locals[e].stage = .saving
        return .ask(.save(item), limit: nil)
    }

    private func open(_ item: inout Item, opens: Int, at now: Timestamp) {
        item.state = .open
        item.consecutiveOpens = opens
        var time = openTime
        for _ in 0..<min(opens, 62) where time < maximumOpenTime { time *= 2 }
        item.nextAttempt = now.adding(min(time, maximumOpenTime))
    }

    // A save makes the cache young again: an environment that calls often enough never reads.
    private mutating func noteSaved(_ answer: StoreAnswer<Reply>, _ e: Int, at now: Timestamp) {
        guard case .reply = answer else { return }
        locals[e].cached = locals[e].item
        locals[e].cachedAt = now
    }

    static func demand(of action: Action, on record: Item?) -> StoreDemand {
        switch action {
        case .get: StoreDemand(kind: .eventualRead, units: 0.5)
        case .save: StoreDemand(kind: .write, units: 1)
        }
    }

    mutating func answer(_ action: Action, reading record: Item?) -> Reply { .item(record) }

    mutating func write(_ action: Action, to record: inout Item?, from e: Int, at now: Milliseconds) -> (Reply, isChanged: Bool) {
        guard case .save(let item) = action else { return (.item(record), false) }
        record = item
        return (.saved, true)
    }
}
