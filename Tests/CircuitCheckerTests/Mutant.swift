//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// One rule of the engine or of the store's contract, switched off: the exact source text, and what stands in its place, where OFF says that it is off.
struct Mutant: Sendable, CustomStringConvertible {
    // What shows it.
    enum Evidence: Sendable {
        // A scenario of the checker, the invariant that breaks, and the number of steps of the shortest trace, at most; whether only a state from which the circuit
        // does not recover shows it.
        case scenario(String, invariant: String, steps: Int, needsRecovery: Bool)
        case property(String)
    }

    var name: String
    var file: String
    var text: String
    var replacement: String
    var evidence: Evidence

    var description: String { name }
}

extension Mutant {
    init(
        name: String,
        file: String,
        text: String,
        replacement: String,
        scenario: String,
        invariant: String,
        steps: Int,
        needsRecovery: Bool = false
    ) {
        let evidence = Evidence.scenario(scenario, invariant: invariant, steps: steps, needsRecovery: needsRecovery)
        self.init(name: name, file: file, text: text, replacement: replacement, evidence: evidence)
    }

    init(name: String, file: String, text: String, replacement: String, property: String) {
        self.init(name: name, file: file, text: text, replacement: replacement, evidence: .property(property))
    }
}
