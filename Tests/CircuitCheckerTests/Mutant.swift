//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// One rule of the engine or of the store's contract, switched off: the exact source text, and what stands in its place, where OFF says that it is off.
struct Mutant: Sendable, CustomStringConvertible {
    var name: String
    var file: String
    var text: String
    var replacement: String
    // The scenario that shows it, the invariant that breaks, and the number of steps of the shortest trace, at most.
    var scenario: String
    var invariant: String
    var steps: Int
    // Whether only a state from which the circuit does not recover shows it.
    var needsRecovery = false

    var description: String { name }
}
