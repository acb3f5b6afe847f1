//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// Two worlds that differ only in the hour, in how often something was asked, or in what the engine never looks at, are the same state.
// Whatever is not named here stays as it is: a new field of the engine makes more states, never fewer.
struct Canonical {
    let scenario: Scenario
    let now: Int64
    let horizon: Int64
    let hasForeign: Bool
    var isCollecting = true
    var epochs: Set<Int64> = []
    var tokens: Set<WriterToken> = []
    var recognisable: Set<WriterToken> = []
    var epochNames: [Int64: Int64] = [:]
    var tokenNames: [WriterToken: UInt64] = [:]

    // Times further back than any duration that the engine measures are all alike.
    static let longAgo = Int64.min / 2

    init(_ scenario: Scenario, now: Int64) {
        let rules = scenario.rules
        self.scenario = scenario
        self.now = now
        hasForeign = scenario.budget.foreignCalls > 0
        horizon = max(rules.window + rules.bucketWidth + rules.maxClockSkew, rules.maxViewAge, rules.maxHealthyViewAge, rules.lookBeside, rules.ramp) + scenario.spread + 2
    }

    static func state(of world: World, in scenario: Scenario) -> World {
        var canonical = Canonical(scenario, now: world.now)
        var copy = world
        canonical.visit(&copy)
        canonical.name()
        canonical.visit(&copy)
        copy.now = world.now % scenario.rules.bucketWidth
        return copy
    }

    mutating func name() {
        isCollecting = false
        let recent = now - scenario.rules.maxClockSkew - scenario.spread
        var rank: Int64 = 1
        for epoch in epochs.sorted() {
            if epoch <= 0 {
                epochNames[epoch] = epoch
            } else if epoch < recent {
                epochNames[epoch] = rank
                rank += 1
            } else {
                epochNames[epoch] = 1_000_000 + epoch - now
            }
        }
        var next: [EnvironmentID: UInt64] = [:]
        for token in tokens.sorted(by: { ($0.environment, $0.nonce) < ($1.environment, $1.nonce) }) {
            next[token.environment, default: 0] += 1
            tokenNames[token] = scenario.keepsName ? token.nonce : next[token.environment]
        }
    }

    // MARK: small things

    func visit(_ time: inout Timestamp) {
        guard !isCollecting, time != .zero, time.milliseconds > Self.longAgo else { return }
        time = Timestamp(milliseconds: max(time.milliseconds - now, -horizon))
    }

    func visit(_ time: inout Timestamp?) {
        guard var some = time else { return }
        visit(&some)
        time = some
    }

    mutating func visit(_ epoch: inout Epoch) {
        if isCollecting {
            epochs.insert(epoch.rawValue)
        } else {
            epoch = Epoch(rawValue: epochNames[epoch.rawValue] ?? epoch.rawValue)
        }
    }

    mutating func visit(_ epoch: inout Epoch?) {
        guard var some = epoch else { return }
        visit(&some)
        epoch = some
    }

    mutating func visit(_ token: inout WriterToken) {
        if isCollecting {
            tokens.insert(token)
        } else {
            token.nonce = tokenNames[token] ?? token.nonce
        }
    }

    mutating func visit(_ slot: inout ProbeSlot) {
        visit(&slot.holder)
        visit(&slot.leaseEnd)
    }

    mutating func visit(_ window: inout CircuitWindow) {
        guard !isCollecting, !window.isEmpty else { return }
        window = CircuitWindow(
            window.buckets.map { bucket in
                var bucket = bucket
                visit(&bucket.start)
                return bucket
            }
        )
    }
}
