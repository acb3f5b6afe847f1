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
    // A task that outlives the probe that began it is no part of it.
    private let isOver = Atomic<Bool>(false)

    init(circuit: String) {
        self.circuit = circuit
        outer = Self.current
    }

    func end() {
        isOver.store(true, ordering: .relaxed)
    }

    func holds(_ id: String) -> Bool {
        circuit == id && !isOver.load(ordering: .relaxed) || outer?.holds(id) ?? false
    }
}

extension CircuitBreaker {
    var isPartOfProbe: Bool { ProbeScope.current?.holds(id) ?? false }

    @usableFromInline
    func asProbe<End>(_ execute: () async -> End) async -> End {
        let scope = ProbeScope(circuit: id)
        defer { scope.end() }
        return await ProbeScope.$current.withValue(scope) { await execute() }
    }
}
