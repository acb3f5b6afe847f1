//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

extension Scenario {
    func validate() throws(SimulationError) {
        try Self.check("duration", duration, in: 1...86_400_000)
        try Self.check("environments", fleet.environments, in: 1...1_000_000)
        try Self.check("warm environments", fleet.warm, in: 0...fleet.environments)
        try Self.check("cold start", fleet.coldStart, in: 0...600_000)
        try Self.check("function timeout", fleet.functionTimeout, in: 1...900_000)
        try Self.check("kill share", fleet.killShare, in: 0...1)
        try Self.check("capacity", downstream.capacity, in: 0.001...1_000_000_000)
        try Self.check("warmup's share of the capacity", downstream.warmup.capacityShare, in: 0.001...1)
        try Self.check("overload's share of the capacity", downstream.overload.capacityShare, in: 0.001...1)
        try Self.check("lost requests", store.lostRequests, in: 0...1)
        try Self.check("lost replies", store.lostReplies, in: 0...1)
        try Self.check("stale reads", store.staleReads, in: 0...1)
        try Self.check("staleness", store.staleness, in: 0...600_000)
        try Self.check("clock skew", store.clockSkew, in: 0...3_600_000)
        do {
            _ = try circuit.rules()
        } catch {
            throw .scenario(setting: error.setting, value: error.value, allowed: error.allowed)
        }
    }

    private static func check<Value: Comparable>(_ setting: String, _ value: Value, in range: ClosedRange<Value>) throws(SimulationError) {
        guard range.contains(value) else {
            throw .scenario(setting: setting, value: "\(value)", allowed: "\(range.lowerBound) to \(range.upperBound)")
        }
    }
}
