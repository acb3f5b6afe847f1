//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Synchronization

// A probe that runs. Calls of its circuit that are made inside it are part of it: a slot of their own would never be free.
final class ProbeScope: Sendable {
    @TaskLocal static var current: ProbeScope?

    let circuit: String
    private let outer: ProbeScope?
    // When the probe's lease ends: from then on the slot is not its own.
    private let leaseEnd: Timestamp?
    // A task that outlives the probe that began it is no part of it.
    private let isOver = Atomic<Bool>(false)

    init(circuit: String, leaseEnd: Timestamp?) {
        self.circuit = circuit
        self.leaseEnd = leaseEnd
        outer = Self.current
    }

    func end() {
        isOver.store(true, ordering: .relaxed)
    }

    func holds(_ id: String, at now: Timestamp) -> Bool {
        let isHeld = circuit == id && !isOver.load(ordering: .relaxed) && leaseEnd.map { now < $0 } ?? true
        return isHeld || outer?.holds(id, at: now) ?? false
    }
}

extension CircuitBreaker {
    var isPartOfProbe: Bool { ProbeScope.current?.holds(id, at: clock.now) ?? false }

    @usableFromInline
    func asProbe<End>(_ probe: Admitted, _ execute: () async -> End) async -> End {
        let scope = ProbeScope(circuit: id, leaseEnd: probe.call?.call.ticket?.leaseEnd)
        defer { scope.end() }
        return await ProbeScope.$current.withValue(scope) { await execute() }
    }
}
