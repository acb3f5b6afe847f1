//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Foundation
import Testing

// A checker that finds nothing may be blind: each rule of the engine is switched off in turn, and the checker, or a property, must see it.
@Suite("Mutants")
struct MutantTests {
    @Test("each rule that is switched off breaks an invariant or a property")
    func all() async throws {
        let program = try MutantProgram(Mutant.all)
        defer { program.remove() }
        await withTaskGroup(of: Void.self) { group in
            for half in 0..<2 {
                group.addTask {
                    for index in Mutant.all.indices where index % 2 == half { check(Mutant.all[index], number: index + 1, program) }
                }
            }
        }
    }

    private func check(_ mutant: Mutant, number: Int, _ program: MutantProgram) {
        do {
            switch mutant.evidence {
            case .scenario(let scenario, let invariant, let steps, let needsRecovery):
                guard let found = try program.check(number, scenario: scenario, states: 150_000, needsRecovery: needsRecovery) else {
                    Issue.record("“\(mutant)” is off, and nobody sees it in \(scenario)")
                    return
                }
                print("without “\(mutant)”: \(found.invariant) breaks after \(found.steps) steps of \(scenario)")
                #expect(found.invariant == invariant, "without “\(mutant)”\n\(found.story)")
                #expect(found.steps <= steps, "without “\(mutant)”\n\(found.story)")
            case .property(let property):
                guard let problem = try program.problem(number, property: property) else {
                    Issue.record("“\(mutant)” is off, and still: \(property)")
                    return
                }
                print("without “\(mutant)”: \(problem)")
            }
        } catch {
            Issue.record(error)
        }
    }
}
