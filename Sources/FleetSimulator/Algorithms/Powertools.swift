//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// AWS Powertools for Lambda (Python) 3.37: counts consecutive failures in each environment, shares only changes of state, and elects one prober.
struct Powertools: AlgorithmModel {
    struct Item: Hashable {
        var state = Belief.closed
        // Whole seconds.
        var openedAt: Int64 = 0
        var owner: UInt64?
        var leaseEnd: Int64 = 0
    }

    enum Action {
        case get
        // Puts an item if nobody else has: (OPEN, no owner, opened when this environment saw) or (HALF_OPEN, lease over).
        case elect(Item, seen: Int64, at: Int64)
        case save(Item)
    }

    enum Reply {
        case item(Item?)
        case written(Bool)
    }

    typealias Record = Item

    private enum Stage {
        case loading, electing, saving(Item)
    }

    private struct Local {
        var owner: UInt64 = 0
        var cached: Item?
        var cachedAt: Timestamp = .zero
        var failures = 0
        var streak = 0
        var isOwner = false
        var isProbing = false
        var stage = Stage.loading
    }

    static var retry: StoreRetry { .python }

    private let threshold: Int
    private let successesToClose: Int
    private let recoverySeconds: Int64
    private let cacheTime: Milliseconds = 5000
    private var locals: [Local]

    init(_ scenario: Scenario) {
        threshold = scenario.circuit.threshold
        successesToClose = scenario.circuit.recovery.successesToClose
        recoverySeconds = max(1, scenario.circuit.recovery.openTime.milliseconds / 1000)
        locals = Array(repeating: Local(), count: scenario.fleet.environments)
    }

    mutating func start(_ e: Int, life: UInt32, seed: UInt64) {
        locals[e] = Local()
        locals[e].owner = UInt64(e) << 32 | UInt64(life)
    }

    mutating func end(_ e: Int) {}
    func belief(of e: Int) -> Belief { locals[e].cached?.state ?? .closed }
    func belief(of record: Item?) -> Belief { record?.state ?? .closed }

    static func nextAttempt(of record: Item) -> Timestamp? { nil }

    mutating func begin(_ e: Int, at now: Timestamp) -> AlgorithmStep<Action> {
        locals[e].isProbing = false
        if locals[e].cached != nil, now.since(locals[e].cachedAt) < cacheTime { return decide(e, at: now) }
        locals[e].stage = .loading
        return .ask(.get, limit: nil)
    }

    mutating func resume(_ e: Int, with answer: StoreAnswer<Reply>, at now: Timestamp) -> AlgorithmStep<Action> {
        switch locals[e].stage {
        case .loading:
            // A read that fails lets the call pass.
            guard case .reply(.item(let item)) = answer else { return .call(limit: nil, isProbe: false) }
            cache(item ?? Item(), e, at: now)
            return decide(e, at: now)
        case .electing:
            // Who loses keeps what it has cached, and so asks again at its next call.
            guard case .reply(.written(true)) = answer else { return .reject(isRamp: false) }
            cache(candidate(e, at: now), e, at: now)
            locals[e].isOwner = true
            locals[e].streak = 0
            return probe(e)
        case .saving(let item):
            if case .reply = answer { cache(item, e, at: now) }
            return .done
        }
    }

    private mutating func decide(_ e: Int, at now: Timestamp) -> AlgorithmStep<Action> {
        let item = locals[e].cached ?? Item()
        let seconds = now.milliseconds / 1000
        switch item.state {
        case .open where seconds - item.openedAt < recoverySeconds:
            return .reject(isRamp: false)
        case .halfOpen where locals[e].isOwner && item.owner == locals[e].owner:
            return probe(e)
        case .halfOpen where item.leaseEnd > seconds:
            return .reject(isRamp: false)
        case .open, .halfOpen:
            locals[e].stage = .electing
            return .ask(.elect(candidate(e, at: now), seen: item.openedAt, at: seconds), limit: nil)
        case .closed, .unknown:
            return .call(limit: nil, isProbe: false)
        }
    }

    private mutating func probe(_ e: Int) -> AlgorithmStep<Action> {
        locals[e].isProbing = true
        return .call(limit: nil, isProbe: true)
    }

    private func candidate(_ e: Int, at now: Timestamp) -> Item {
        let seconds = now.milliseconds / 1000
        let openedAt = locals[e].cached?.openedAt ?? 0
        return Item(state: .halfOpen, openedAt: openedAt, owner: locals[e].owner, leaseEnd: seconds + recoverySeconds)
    }

    mutating func finish(_ e: Int, _ outcome: CallOutcome, at now: Timestamp) -> AlgorithmStep<Action> {
        let opened = Item(state: .open, openedAt: now.milliseconds / 1000)
        switch (locals[e].isProbing, outcome == .success) {
        case (true, true):
            locals[e].streak += 1
            guard locals[e].streak >= successesToClose else { return .done }
            locals[e].isOwner = false
            return save(Item(), e)
        case (true, false):
            locals[e].isOwner = false
            return save(opened, e)
        case (false, true):
            locals[e].failures = 0
            return .done
        case (false, false):
            locals[e].failures += 1
            guard locals[e].failures >= threshold else { return .done }
            locals[e].failures = 0
            return save(opened, e)
        }
    }

    private mutating func save(_ item: Item, _ e: Int) -> AlgorithmStep<Action> {
        locals[e].stage = .saving(item)
        return .ask(.save(item), limit: nil)
    }

    private mutating func cache(_ item: Item, _ e: Int, at now: Timestamp) {
        locals[e].cached = item
        locals[e].cachedAt = now
    }

    static func demand(of action: Action, on record: Item?) -> StoreDemand {
        switch action {
        case .get: StoreDemand(kind: .eventualRead, units: 0.5)
        case .elect, .save: StoreDemand(kind: .write, units: 1)
        }
    }

    mutating func answer(_ action: Action, reading record: Item?) -> Reply { .item(record) }

    mutating func write(_ action: Action, to record: inout Item?, from e: Int, at now: Milliseconds) -> (Reply, isChanged: Bool) {
        switch action {
        case .get:
            return (.item(record), false)
        case .save(let item):
            record = item
            return (.written(true), true)
        case .elect(let item, let seen, let seconds):
            guard let held = record else { return (.written(false), false) }
            let isFree = held.state == .open && held.owner == nil && held.openedAt == seen
            let isLeft = held.state == .halfOpen && held.leaseEnd <= seconds
            guard isFree || isLeft else { return (.written(false), false) }
            record = item
            return (.written(true), true)
        }
    }
}
