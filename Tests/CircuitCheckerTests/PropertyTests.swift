//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitChecker
import Testing

@Suite("Properties")
struct PropertyTests {
    @Test("what a small fleet does by rules that no invariant names", arguments: Property.all)
    func holds(_ property: Property) {
        if let problem = property.problem() { Issue.record("\(problem)") }
    }

    @Test("each has a name of its own, and a rule without which it does not hold")
    func complete() {
        let names = Property.all.map(\.name)
        #expect(Set(names).count == names.count)
        let used = Mutant.all.compactMap { if case .property(let name) = $0.evidence { name } else { nil } }
        #expect(Set(used) == Set(names))
    }
}
