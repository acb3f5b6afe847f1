//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Foundation
import Testing

// A checker that finds nothing may be blind: each rule of the engine is switched off in turn, and the checker must see it.
@Suite("Mutants")
struct MutantTests {
    @Test("each rule that is switched off breaks an invariant")
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
            let found = try program.check(number, scenario: mutant.scenario, states: 150_000, needsRecovery: mutant.needsRecovery)
            guard let found else {
                Issue.record("“\(mutant)” is off, and nobody sees it in \(mutant.scenario)")
                return
            }
            print("without “\(mutant)”: \(found.invariant) breaks after \(found.steps) steps of \(mutant.scenario)")
            #expect(found.invariant == mutant.invariant, "without “\(mutant)”\n\(found.story)")
            #expect(found.steps <= mutant.steps, "without “\(mutant)”\n\(found.story)")
        } catch {
            Issue.record(error)
        }
    }
}
