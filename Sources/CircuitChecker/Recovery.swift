//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// I5: from every state, once nothing more breaks and the dependency is well, the circuit is CLOSED again within a bounded time.
package struct Recovery {
    private let scenario: Scenario
    private var world: World
    package private(set) var trace: [Step] = [.heal]

    package init(from world: World, in scenario: Scenario) {
        self.scenario = scenario
        self.world = world
        self.world.take(.heal, in: scenario)
    }

    // What is to be said against it; nil: it recovers.
    package mutating func run() -> Violation? {
        let limit = limit
        for _ in 0...limit / scenario.stride {
            var areAllWell = true
            for e in world.environments.indices {
                settle(e)
                if !admits(e) { areAllWell = false }
                if let violation = world.violations.first { return violation }
            }
            if areAllWell, world.record.map({ $0.state == .closed && $0.shared.circuitState == .closed }) ?? true { return nil }
            take(.tick(scenario.stride))
        }
        let state = world.record.map { "\($0.state), shown as \($0.shared.circuitState)" } ?? "none"
        return Violation(invariant: "I5", what: "\(limit) ms after all was well again the circuit has not recovered; its record: \(state)")
    }

    // All waits that the rules allow, one after the other.
    private var limit: Int64 {
        let rules = scenario.rules
        let open = 2 * max(rules.maximumOpenTime * 2, rules.maximumRetryAfter)
        let probes = Int64(CircuitRules.lostProbesToOpen + 1) * (rules.lease + rules.maxClockSkew) + Int64(rules.recovery.successesToClose)
        let store = rules.storeRetryInterval * 16 + rules.maxViewAge * 32
        return open + probes + store + rules.window + rules.ramp + 10
    }

    private mutating func take(_ step: Step) {
        trace.append(step)
        world.take(step, in: scenario)
    }

    private mutating func admits(_ e: Int) -> Bool {
        take(.begin(e))
        settle(e, finishing: false)
        guard let call = world.environments[e].calls.last, call.isRunning else { return false }
        let isCounted = if case .running(let ticket) = call.stage { ticket.kind == .counted } else { false }
        let isAlone = world.environments[e].machine.store.isFailing
        settle(e)
        return isCounted && !isAlone
    }

    // Lets all calls of an environment go on to their end, the store answering each at once.
    private mutating func settle(_ e: Int, finishing: Bool = true) {
        for _ in 0..<200 {
            let calls = world.environments[e].calls
            guard let c = calls.indices.first(where: { calls[$0].stage != .joined && (finishing || !calls[$0].isRunning) }) else { return }
            switch calls[c].stage {
            case .ready, .joined: take(.proceed(e, c))
            case .sent: take(.apply(e, c))
            case .answered: take(.deliver(e, c))
            case .running: take(.finish(e, c, .success(isSlow: false)))
            }
        }
        world.violate("I5", "an environment asks the store without end")
    }
}

extension World {
    // From now on nothing breaks; who is not one of us is gone.
    mutating func heal() {
        budget = .init(permits: .max)
        strays = []
        foreign = []
    }
}
