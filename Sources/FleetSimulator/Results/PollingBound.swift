//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// How many calls reach a dead downstream at least, whatever a fleet does that looks at a record now and then: as many failures as open the circuit, what arrives while these
// are told and read, one call of each environment in use, whose view is still young, and the probes.
struct PollingBound {
    private let outage: Range<Milliseconds>
    private let threshold: Int
    private let roundTrips: Milliseconds
    private let viewAge: Milliseconds
    private var arrivals = 0
    private var environments: Set<Int> = []
    private var probes = 0

    // Nil unless the downstream is down just once.
    init?(_ scenario: Scenario) {
        let phases = scenario.downstream.phases.filter { $0.isDown && $0.from < scenario.duration }
        guard phases.count == 1, let phase = phases.first else { return nil }
        outage = phase.from..<max(phase.from, phase.until)
        threshold = scenario.circuit.policy.fewestFailures
        roundTrips = Milliseconds((2 * scenario.store.latency.median).rounded())
        viewAge = scenario.circuit.sharing.maxViewAge.milliseconds
    }

    var calls: Int { threshold + arrivals + environments.count + probes }

    mutating func arrived(at now: Milliseconds, at environment: Int) {
        let time = now - outage.lowerBound
        if (0..<roundTrips).contains(time) { arrivals += 1 }
        if (0..<viewAge).contains(time) { environments.insert(environment) }
    }

    mutating func probed(at now: Milliseconds) {
        if outage.contains(now) { probes += 1 }
    }
}

extension TripPolicy {
    // No fewer open the circuit.
    fileprivate var fewestFailures: Int {
        switch rule {
        case .failures(let count, _), .consecutiveFailures(let count): count
        case .failureRate(let rate, let minimumCalls): Int((rate * Double(minimumCalls)).rounded(.up))
        }
    }
}
