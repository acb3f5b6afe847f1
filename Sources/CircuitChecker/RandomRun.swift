//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// A long run of a large fleet in which everything goes wrong now and then. Seeded: the same number gives the same run.
package struct RandomRun {
    package struct Failure: Sendable {
        package var violation: Violation
        package var event: Int
        // What happened last, one line each.
        package var lastSteps: [String]
    }

    package let seed: UInt64
    package let scenario: Scenario
    package private(set) var steps = 0
    package private(set) var admitted = 0
    package private(set) var changes = 0
    package private(set) var recoveries = 0
    private var world: World
    private var generator: SplitMix64
    private var frozenUntil: [Int64]

    package init(seed: UInt64, environments: Int = 50) {
        self.seed = seed
        generator = SplitMix64(seed: seed)
        scenario = Scenario.random(environments, &generator)
        world = World(scenario)
        frozenUntil = Array(repeating: 0, count: environments)
    }

    package mutating func run(events: Int) -> Failure? {
        var last: [(environment: Int?, line: String)] = []
        for event in 1...events {
            let step = next()
            let before = world
            world.take(step, in: scenario)
            steps += 1
            if before.record?.epoch != world.record?.epoch { changes += 1 }
            admitted += before.budget.permits - world.budget.permits
            var violation = world.violations.first
            last.append((step.environment, line(step, before, world, scenario)))
            if last.count > 4000 { last.removeFirst(2000) }
            if violation == nil, event % 10_000 == 0 {
                recoveries += 1
                var recovery = Recovery(from: world, in: scenario)
                violation = recovery.run()
            }
            if let violation { return Failure(violation: violation, event: event, lastSteps: relevant(last)) }
        }
        return nil
    }

    // What the environment concerned did, and what all did last.
    private func relevant(_ steps: [(environment: Int?, line: String)]) -> [String] {
        let environment = steps.last?.environment
        let own = steps.dropLast(20).filter { $0.environment == environment }.suffix(40)
        return own.map(\.line) + ["   …"] + steps.suffix(20).map(\.line)
    }

    private mutating func below(_ limit: Int) -> Int { Int(generator.next() % UInt64(limit)) }

    private mutating func happens(_ share: Double) -> Bool { generator.unit() < share }

    // The dependency is well and ill by turns.
    private var isWell: Bool { world.now / 3000 % 2 == 0 }

    private mutating func next() -> Step {
        if happens(0.12) { return .tick(happens(0.01) ? Int64(1 + below(1500)) : Int64(1 + below(12))) }
        if !world.strays.isEmpty, happens(0.02) { return .stray(below(world.strays.count)) }
        if !world.foreign.isEmpty, happens(0.02) {
            switch world.foreign[0].stage {
            case .idle: return .foreignCheck(0)
            case .running: return .foreignFinish(0, isWell)
            case .saving: return .foreignSave(0)
            }
        }
        for _ in 0..<20 {
            let e = below(world.environments.count)
            if happens(0.001) { frozenUntil[e] = world.now + Int64(below(3000)) }
            guard frozenUntil[e] <= world.now, let step = next(of: e) else { continue }
            return step
        }
        return .tick(1)
    }

    private mutating func next(of e: Int) -> Step? {
        let calls = world.environments[e].calls
        let budget = scenario.budget
        if budget.crashes > 0, !calls.isEmpty, happens(0.002) { return .crash(e) }
        if world.environments[e].callsUnderWay < scenario.callsAtOnce {
            if budget.orders > 0, happens(0.0003) { return happens(0.5) ? .order(e, CircuitOrder.Kind.allCases[below(4)]) : .lift(e) }
            if budget.resets > 0, happens(0.0001) { return .reset(e) }
            if calls.isEmpty || happens(0.3) { return .begin(e) }
        }
        let c = below(calls.count)
        let call = calls[c]
        if budget.cancellations > 0, call.isAdmission, !call.isCancelled, happens(0.01) { return .cancel(e, c) }
        switch call.stage {
        case .ready: return .proceed(e, c)
        case .joined: return budget.losses > 0 && happens(0.02) ? .stopWaiting(e, c) : nil
        case .sent(let request):
            if budget.losses > 0, happens(0.01) { return .giveUp(e, c) }
            if budget.refusals > 0, happens(0.005) { return .refuse(e, c) }
            if budget.throttlings > 0, happens(0.005) { return .throttle(e, c) }
            if budget.duplicates > 0, !request.action.isRead, happens(0.02) { return .copy(e, c) }
            if budget.staleReads > 0, request.action == .read(consistent: false), world.canReadStale(in: scenario), happens(0.2) {
                return .answerStale(e, c)
            }
            return .apply(e, c)
        case .answered(let request, _):
            if budget.losses > 0, happens(0.01) {
                return call.purpose != .look && happens(0.3) ? .deliverLate(e, c) : .giveUp(e, c)
            }
            if budget.duplicates > 0, case .change = request.action, happens(0.02) { return .applyAgain(e, c) }
            return .deliver(e, c)
        case .running:
            guard happens(0.3) else { return nil }
            if happens(0.03) { return .finish(e, c, .unused) }
            if happens(0.03) { return .finish(e, c, .success(isSlow: true)) }
            return .finish(e, c, happens(isWell ? 0.02 : 0.8) ? .failure(retryAfter: happens(0.1) ? 400 : nil) : .success(isSlow: false))
        }
    }
}

extension RandomRun: CustomStringConvertible {
    package var description: String {
        "seed \(seed): \(steps) events, \(admitted) calls admitted, \(changes) changes of state, \(recoveries) recoveries"
    }
}

extension RandomRun.Failure: CustomStringConvertible {
    package var description: String {
        "\(violation.invariant) does not hold at event \(event): \(violation.what)\n\(lastSteps.joined(separator: "\n"))"
    }
}

extension Scenario {
    fileprivate static func random(_ environments: Int, _ generator: inout SplitMix64) -> Scenario {
        func oneOf<Value>(_ values: [Value]) -> Value { values[Int(generator.next() % UInt64(values.count))] }
        let maxClockSkew: Int64 = oneOf([0, 20, 50])
        let often = Int.max / 2
        let rules: CircuitRules
        do {
            rules = try CircuitRules(
                policy: oneOf([
                    .failures(5, within: .seconds(1)), .failureRate(0.5, minimumCalls: 10, within: .seconds(1)), .consecutiveFailures(4),
                    .failures(20, within: .seconds(1)).orSlowCalls(0.3, longerThan: .milliseconds(50), minimumCalls: 20),
                ]),
                recovery: RecoveryPolicy(
                    openTime: .milliseconds(300),
                    maximumOpenTime: .milliseconds(1200),
                    jitter: oneOf([0, 0.5]),
                    maximumRetryAfter: .milliseconds(800),
                    probes: oneOf([1, 2, 3]),
                    successesToClose: oneOf([1, 2, 4]),
                    lease: .milliseconds(200),
                    ramp: .milliseconds(oneOf([0, 0, 300]))
                ),
                sharing: SharingPolicy(
                    maxViewAge: .milliseconds(100),
                    maxHealthyViewAge: .milliseconds(oneOf([100, 400])),
                    lookBeside: .milliseconds(oneOf([0, 1000])),
                    maxClockSkew: .milliseconds(maxClockSkew),
                    storeTimeout: .milliseconds(50),
                    storeRetryInterval: .milliseconds(100),
                    alone: oneOf([3, 50])
                )
            )
        } catch {
            preconditionFailure("\(error)")
        }
        var budget = Budget(permits: .max)
        if oneOf([true, false]) { budget.losses = often }
        if oneOf([true, false]) { budget.refusals = often }
        if oneOf([true, false]) { budget.throttlings = often }
        if oneOf([true, false]) { budget.duplicates = often }
        if oneOf([true, false]) { budget.staleReads = often }
        if oneOf([true, false]) { budget.crashes = often }
        if oneOf([true, false]) { budget.cancellations = often }
        if oneOf([true, false, false]) { budget.orders = often }
        if oneOf([true, false, false]) { budget.resets = often }
        if oneOf([true, false, false]) { budget.foreignCalls = often }
        let skews = (0..<environments).map { _ in maxClockSkew == 0 ? 0 : Int64(generator.next() % UInt64(maxClockSkew + 1)) }
        var scenario = Scenario(
            "random",
            "\(environments) environments in which everything goes wrong now and then",
            rules: rules,
            skews: skews,
            budget: budget
        )
        scenario.callsAtOnce = oneOf([1, 2, 3])
        scenario.hasPasses = oneOf([true, false])
        scenario.isWarm = false
        scenario.staleness = 20
        scenario.stride = 20
        return scenario
    }
}
