//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

extension Scenario {
    func validate() throws(SimulationError) {
        try Self.check("duration", duration, in: 1...86_400_000)
        for rate in arrivals.rates { try Self.check("calls per second", rate, in: 0...1_000_000) }
        try fleet.validate()
        try downstream.validate()
        try store.validate()
        do {
            _ = try circuit.configuration.rules()
        } catch {
            throw .scenario(setting: error.setting, value: error.value, allowed: error.allowed)
        }
    }

    static func check<Value: Comparable>(_ setting: String, _ value: Value, in range: ClosedRange<Value>) throws(SimulationError) {
        guard range.contains(value) else {
            throw .scenario(setting: setting, value: "\(value)", allowed: "\(range.lowerBound) to \(range.upperBound)")
        }
    }
}

extension Arrivals {
    fileprivate var rates: [Double] {
        switch self {
        case .steady(let rate), .poisson(let rate): [rate]
        case .ramp(let from, let to): [from, to]
        case .spike(let rate, let peak, _, _): [rate, peak]
        case .listed: []
        }
    }
}

extension Fleet {
    fileprivate func validate() throws(SimulationError) {
        try Scenario.check("environments", environments, in: 1...1_000_000)
        try Scenario.check("warm environments", warm, in: 0...environments)
        try Scenario.check("cold start", coldStart, in: 0...600_000)
        try Scenario.check("work", work, in: 0...900_000)
        try Scenario.check("function timeout", functionTimeout, in: 1...900_000)
        try Scenario.check("kill share", killShare, in: 0...1)
        if let lifetime { try Scenario.check("lifetime", lifetime, in: 1...86_400_000) }
        if let idleTime { try Scenario.check("idle time", idleTime, in: 1...86_400_000) }
    }
}

extension DownstreamPlan {
    fileprivate func validate() throws(SimulationError) {
        try Scenario.check("capacity", capacity, in: 0.001...1_000_000_000)
        try latency.validate()
        try failureLatency.validate()
        if let clientTimeout { try Scenario.check("client timeout", clientTimeout, in: 1...900_000) }
        try Scenario.check("longest wait", overload.longestWait, in: 0...900_000)
        try Scenario.check("overload's share of the capacity", overload.capacityShare, in: 0.001...1)
        try Scenario.check("warmup's share of the capacity", warmup.capacityShare, in: 0.001...1)
        try Scenario.check("warmup", warmup.time, in: 0...86_400_000)
        var end: Milliseconds = 0
        for phase in phases {
            guard phase.from >= end, phase.until > phase.from else {
                throw .scenario(setting: "phase", value: "\(phase.from) to \(phase.until)", allowed: "in order of time, from \(end) on")
            }
            end = phase.until
            switch phase.condition {
            case .failing(let share): try Scenario.check("failing share", share, in: 0...1)
            case .slow(let factor): try Scenario.check("slow factor", factor, in: 0.001...1_000_000)
            case .dead, .hanging: break
            }
        }
    }
}

extension StorePlan {
    fileprivate func validate() throws(SimulationError) {
        try latency.validate()
        try Scenario.check("lost requests", lostRequests, in: 0...1)
        try Scenario.check("lost replies", lostReplies, in: 0...1)
        try Scenario.check("stale reads", staleReads, in: 0...1)
        try Scenario.check("staleness", staleness, in: 0...600_000)
        try Scenario.check("clock skew", clockSkew, in: 0...3_600_000)
        if let limits {
            try Scenario.check("write units", limits.writeUnits, in: 0...1_000_000_000)
            try Scenario.check("read units", limits.readUnits, in: 0...1_000_000_000)
        }
    }
}

extension Latency {
    fileprivate func validate() throws(SimulationError) {
        guard minimum >= 0, minimum <= median, median <= p99, p99 <= maximum, maximum <= 900_000 else {
            let value = "\(minimum), \(median), \(p99), \(maximum)"
            throw .scenario(setting: "latency", value: value, allowed: "0 to 900000, none below the one before it")
        }
    }
}
