//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// A call from its arrival to its end.
extension World {
    mutating func arrive() {
        record.arrived(at: now)
        var luck = Chance.call(calls, of: scenario.seed)
        calls += 1
        let e: Int
        var startsAt = now
        switch router.choose(&luck) {
        case .idle(let chosen):
            e = chosen
        case .absent(let chosen):
            e = chosen
            birth(e)
            startsAt += fleet.coldStart
        case .none:
            return record.turnedAway()
        }
        environments.mode[e] = .busy
        environments.stamp[e] &+= 1
        environments.isAnswered[e] = false
        environments.hasWaited[e] = false
        environments.luck[e] = luck
        environments.busySince[e] = startsAt
        if startsAt > now {
            events.add(.started, e, stamp: environments.stamp[e], at: startsAt)
        } else {
            begin(e)
        }
    }

    mutating func begin(_ e: Int) {
        collectFrozen(e)
        take(algorithm.begin(e, at: clock(of: e)), e)
    }

    mutating func take(_ step: AlgorithmStep<A.Action>, _ e: Int) {
        note(algorithm.belief(of: e), of: e)
        sendLooks(e)
        switch step {
        case .call(let limit, let isProbe, let isOwn):
            if isProbe {
                environments.beginProbe(e, isOwn: isOwn)
                record.probed(at: now)
            }
            call(e, limit: limit)
        case .wait(let limit):
            wait(e, limit: limit)
        case .reject(let isRamp):
            environments.isAnswered[e] = true
            record.rejected(at: now, isRamp: isRamp)
            leave(e)
        case .ask(let action, let limit):
            ask(action, e, limit: limit)
        case .done:
            leave(e)
        }
    }

    mutating func note(_ belief: Belief, of e: Int) {
        guard belief != environments.belief[e] else { return }
        if A.Record.self == Never.self, belief == .open, environments.belief[e] == .closed {
            record.tripped(at: now, isFalse: !downstream.isTroubled(at: now))
        }
        environments.set(belief, of: e)
    }

    private mutating func leave(_ e: Int) {
        guard fleet.work > 0 else { return release(e) }
        events.add(.released, e, stamp: environments.stamp[e], at: now + fleet.work)
    }

    private mutating func call(_ e: Int, limit: Milliseconds?) {
        let isDown = downstream.isDown(at: now)
        let answer = downstream.take(at: now, &environments.luck[e])
        environments.isCalling[e] = true
        record.reached(whileDown: isDown, probes: environments.probes, ownProbes: environments.ownProbes)

        var time = answer.time.map { max(1, Milliseconds($0.rounded())) } ?? .max
        var outcome: CallOutcome = answer.fails ? .failure : .success
        if let patience = scenario.downstream.clientTimeout, time > patience {
            time = patience
            outcome = .timedOut
        }
        if let limit, time > limit {
            time = max(0, limit)
            outcome = .timedOut
        }
        environments.outcome[e] = outcome
        let end = environments.busySince[e] + fleet.functionTimeout
        // Nobody is left to learn of a call that runs into the function's own limit.
        let isEnded = time >= end - now
        if isEnded { time = end - now }
        let isKilled = environments.luck[e].unit() < fleet.killShare
        let moment = environments.luck[e].unit()
        if isKilled { time = Milliseconds(Double(time) * moment) }
        events.add(isKilled || isEnded ? .died : .callEnded, e, stamp: environments.stamp[e], at: now + time)
    }

    mutating func endCall(_ e: Int) {
        environments.isCalling[e] = false
        environments.isAnswered[e] = true
        let outcome = environments.outcome[e]
        record.ended(outcome)
        let step = algorithm.finish(e, outcome, at: clock(of: e))
        environments.endProbe(e)
        take(step, e)
    }
}
