//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
public import CircuitBreaker

/// What a store must do to carry a circuit, as checks that any store can be put to.
///
/// ```swift
/// @Test(arguments: StoreConformance.Rule.allCases)
/// func conforms(rule: StoreConformance.Rule) async throws {
///     try await StoreConformance(store).check(rule)
/// }
/// ```
/// Each check uses circuits of its own with random ids, so that a shared table serves as well.
public struct StoreConformance: Sendable {
    /// One thing that a store must do.
    public enum Rule: String, Sendable, CaseIterable {
        /// A circuit that was never written has no record.
        case absentRecord
        /// A report to a circuit without a record makes one, CLOSED in epoch 0.
        case reportMakesRecord
        /// I1: concurrent reports are all in the window.
        case reportsAddUp
        /// A report of another epoch is refused, with the record, and changes nothing.
        case reportOfOtherEpoch
        /// A report to an OPEN circuit is refused, with the record, and changes nothing.
        case reportWhenOpen
        /// A report to a circuit whose record is gone is refused without a record.
        case reportToMissingRecord
        /// The count of failures since the last success adds up and starts over.
        case streak
        /// What foreign writers see of failures is added to, set, or left as it is.
        case shownFailures
        /// Slices that begin before a report's `keepFrom` are forgotten, and no others.
        case oldSlices
        /// The environments that saw failures are kept once each.
        case reporters
        /// A change that is won is what a consistent read then shows.
        case changeWon
        /// A change whose condition does not hold is lost, with the record, and changes nothing.
        case changeLost
        /// I2: of many concurrent changes from one epoch, one is won, and all others learn its record.
        case oneChangePerEpoch
        /// I3: of many concurrent attempts on a slot, one takes it.
        case slotTakenOnce
        /// A slot is reclaimed only from the holder that was seen.
        case slotReclaimed
        /// A probe's success frees its slot and is counted once.
        case successCountedOnce
        /// I10: a slot is freed by its holder in any epoch, and by no other.
        case slotReleased
        /// A change of state resets all counts and leaves other probes' slots alone.
        case changeOfState
        /// An order is given only against the fence that was seen, and changes nothing else.
        case orders
        /// The last twenty changes of state and the last twenty orders are remembered, oldest first, and nothing else.
        case history
        /// Texts of any kind come back as they were written.
        case texts
        /// Circuits do not touch each other.
        case manyCircuits
        /// A random sequence of verbs has the same answers as the record's own rules.
        case agreesWithModel
    }

    /// A rule that a store broke.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        /// The rule.
        public var rule: Rule
        /// What was seen.
        public var message: String

        /// One line: the rule and what was seen.
        public var description: String { "store breaks the rule \(rule.rawValue): \(message)" }
    }

    let store: any CircuitStore

    /// Creates the suite for one store.
    /// - Parameter store: the store under test.
    public init(_ store: any CircuitStore) {
        self.store = store
    }

    /// Puts the store to one check.
    /// - Parameter rule: which.
    /// - Throws: ``Failure`` if the store breaks the rule, `StoreError` if it does not answer.
    public func check(_ rule: Rule) async throws {
        let check = ConformanceCheck(rule: rule, store: store)
        switch rule {
        case .absentRecord: try await check.absentRecord()
        case .reportMakesRecord: try await check.reportMakesRecord()
        case .reportsAddUp: try await check.reportsAddUp()
        case .reportOfOtherEpoch: try await check.reportOfOtherEpoch()
        case .reportWhenOpen: try await check.reportWhenOpen()
        case .reportToMissingRecord: try await check.reportToMissingRecord()
        case .streak: try await check.streak()
        case .shownFailures: try await check.shownFailures()
        case .oldSlices: try await check.oldSlices()
        case .reporters: try await check.reporters()
        case .changeWon: try await check.changeWon()
        case .changeLost: try await check.changeLost()
        case .oneChangePerEpoch: try await check.oneChangePerEpoch()
        case .slotTakenOnce: try await check.slotTakenOnce()
        case .slotReclaimed: try await check.slotReclaimed()
        case .successCountedOnce: try await check.successCountedOnce()
        case .slotReleased: try await check.slotReleased()
        case .changeOfState: try await check.changeOfState()
        case .orders: try await check.orders()
        case .history: try await check.history()
        case .texts: try await check.texts()
        case .manyCircuits: try await check.manyCircuits()
        case .agreesWithModel: try await check.agreesWithModel(steps: 300, seed: .random(in: 0 ... .max))
        }
    }

    /// Puts the store to all checks.
    /// - Throws: ``Failure`` for the first rule that the store breaks.
    public func checkAll() async throws {
        for rule in Rule.allCases { try await check(rule) }
    }
}
