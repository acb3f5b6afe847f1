//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import LoopbackHTTP
import NIOCore
import NIOHTTP1

extension Sidecar {
    // Prometheus' text form, version 0.0.4.
    func metrics() -> HTTPAnswer {
        let breakers = registry.breakers.sorted { $0.id < $1.id }.map { (id: $0.id, counts: $0.counts, view: $0.view) }
        var text = ""
        // A circuit's id has no character that a label would have to escape.
        func family(_ name: String, _ type: String, _ help: String, _ samples: [(labels: String, value: Int)]) {
            text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
            for sample in samples { text += "\(name)\(sample.labels) \(sample.value)\n" }
        }
        let outcomes: [(String, (CircuitBreaker.Counts) -> Int)] = [
            ("success", { $0.succeeded }), ("failure", { $0.failed }), ("cancelled", { $0.returnedUnused }), ("rejected", { $0.rejected }),
        ]
        family(
            "circuit_breaker_calls_total",
            "counter",
            "Calls by how they ended.",
            breakers.flatMap { breaker in
                outcomes.map { ("{circuit=\"\(breaker.id)\",outcome=\"\($0.0)\"}", $0.1(breaker.counts)) }
            }
        )
        func perCircuit(_ name: String, _ type: String, _ help: String, _ value: (CircuitBreaker.Counts, CircuitView, String) -> Int) {
            family(name, type, help, breakers.map { ("{circuit=\"\($0.id)\"}", value($0.counts, $0.view, $0.id)) })
        }
        perCircuit("circuit_breaker_slow_calls_total", "counter", "Calls that succeeded but were slow.") { counts, _, _ in counts.slow }
        perCircuit("circuit_breaker_probes_total", "counter", "Calls that were admitted as probes.") { counts, _, _ in counts.probes }
        perCircuit("circuit_breaker_stale_outcomes_total", "counter", "Outcomes that came too late for their epoch.") { counts, _, _ in
            counts.staleOutcomes
        }
        perCircuit("circuit_breaker_store_requests_total", "counter", "Requests to the store.") { counts, _, _ in counts.storeRequests }
        perCircuit("circuit_breaker_store_errors_total", "counter", "Of these, those that failed.") { counts, _, _ in counts.storeFailures }
        perCircuit("circuit_breaker_state_changes_total", "counter", "Changes of state that this process made.") { counts, _, _ in
            counts.changesOfState
        }
        perCircuit("circuit_breaker_order_changes_total", "counter", "Orders, and their ends, that this process announced.") { counts, _, _ in
            counts.announcedOrders
        }
        perCircuit("circuit_breaker_state", "gauge", "0: CLOSED, 1: HALF-OPEN, 2: OPEN.") { _, view, _ in
            view.state == .closed ? 0 : view.state == .halfOpen ? 1 : 2
        }
        perCircuit("circuit_breaker_open_permits", "gauge", "Calls under way.") { _, _, id in openPermits(of: id) }
        family("circuit_breaker_lapsed_permits_total", "counter", "Permits whose outcome never came.", [("", lapsedPermits)])
        family("circuit_breaker_displaced_permits_total", "counter", "Permits given up to make room for others.", [("", displacedPermitCount)])
        family("circuit_breaker_usable", "gauge", "1: circuits are kept, 0: every call is allowed.", [("", fault == nil ? 1 : 0)])
        return HTTPAnswer(.ok, headers: ["Content-Type": "text/plain; version=0.0.4; charset=utf-8"], body: ByteBuffer(string: text))
    }
}
