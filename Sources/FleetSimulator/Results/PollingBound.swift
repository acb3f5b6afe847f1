//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// What it costs by itself to learn of a dead downstream from a record: as many failures as open the circuit, the calls that arrive while these are reported and read, one call of
// each environment that was busy at the onset, and the probes.
struct PollingBound {
    private let outage: Range<Milliseconds>
    private let threshold: Int
    private let roundTrips: Milliseconds
    private var arrivals = 0
    private var busy = 0
    private var probes = 0

    // Nil unless the downstream is down just once.
    init?(_ scenario: Scenario) {
        let phases = scenario.downstream.phases.filter { $0.isDown && $0.from < scenario.duration }
        guard phases.count == 1, let phase = phases.first else { return nil }
        outage = phase.from..<max(phase.from, phase.until)
        threshold = scenario.circuit.policy.fewestFailures
        roundTrips = Milliseconds((2 * scenario.store.latency.median).rounded())
    }

    var calls: Int { threshold + arrivals + busy + probes }

    // When a millisecond begins.
    mutating func began(at now: Milliseconds, callsUnderWay: @autoclosure () -> Int) {
        if now == outage.lowerBound { busy = callsUnderWay() }
    }

    mutating func arrived(at now: Milliseconds) {
        if (0..<roundTrips).contains(now - outage.lowerBound) { arrivals += 1 }
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
