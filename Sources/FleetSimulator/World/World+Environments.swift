//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// How environments begin, idle and end.
extension World {
    // A process begins; its clock is as wrong as chance has it.
    mutating func birth(_ e: Int, isWarm: Bool = false) {
        environments.life[e] += 1
        environments.isDoomed[e] = false
        environments.frozen[e] = []
        let skew = scenario.store.clockSkew
        environments.skew[e] = skew > 0 ? Milliseconds(luck.below(Int(skew) + 1)) - skew / 2 : 0
        algorithm.start(e, life: environments.life[e], seed: luck.next())
        algorithm.prepare(e, knowing: isWarm ? .some(store.versions.current) : nil, at: clock(of: e))
        sendLooks(e)
        environments.belief[e] = algorithm.belief(of: e)
        environments.beliefs[environments.belief[e]] += 1
        record.environmentsBegan(running: environments.beliefs.all)
        if let lifetime = fleet.lifetime {
            let time = Milliseconds(Double(lifetime) * (0.5 + luck.unit()))
            events.add(.recycled, e, stamp: environments.life[e], at: now + max(1, time))
        }
        if let idleTime = fleet.idleTime { events.add(.idled, e, stamp: environments.life[e], at: now + idleTime) }
    }

    mutating func becomeIdle(_ e: Int) {
        environments.mode[e] = .idle
        environments.idleSince[e] = now
        router.add(e)
    }

    // The process is gone; what it had sent to the store may still arrive.
    private mutating func bury(_ e: Int) {
        environments.stamp[e] &+= 1
        environments.waits[e] = nil
        for index in environments.frozen[e] { store.release(Int(index)) }
        environments.frozen[e] = []
        environments.endProbe(e)
        environments.isCalling[e] = false
        environments.beliefs[environments.belief[e]] -= 1
        environments.mode[e] = .absent
        algorithm.end(e)
        router.addAbsent(e)
    }

    mutating func die(_ e: Int) {
        if !environments.isAnswered[e] {
            environments.isAnswered[e] = true
            record.died()
        }
        bury(e)
    }

    mutating func release(_ e: Int) {
        environments.stamp[e] &+= 1
        if environments.isDoomed[e] { bury(e) } else { becomeIdle(e) }
    }

    // Recycling waits for the end of a call.
    mutating func recycle(_ e: Int, life: UInt32) {
        guard environments.life[e] == life else { return }
        switch environments.mode[e] {
        case .absent: break
        case .busy: environments.isDoomed[e] = true
        case .idle:
            router.remove(e)
            bury(e)
        }
    }

    mutating func reclaim(_ e: Int, life: UInt32) {
        guard environments.life[e] == life, environments.mode[e] != .absent, let idleTime = fleet.idleTime else { return }
        let due = environments.idleSince[e] + idleTime
        guard environments.mode[e] == .idle, due <= now else {
            let next = environments.mode[e] == .idle ? due : now + idleTime
            return events.add(.idled, e, stamp: life, at: next)
        }
        router.remove(e)
        bury(e)
    }
}
