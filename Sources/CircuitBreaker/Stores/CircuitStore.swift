//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// Where records live: one small record for each circuit, changed by three verbs, each of them atomic.
///
/// Any store whose verbs do what this protocol says can carry a fleet; the conformance suite in CircuitBreakerTesting checks whether one does.
/// A store with transactions can read, call ``CircuitRecord/apply(_:)-(CircuitReport)`` or ``CircuitRecord/apply(_:)-(CircuitChange)``, and write back;
/// one with conditional writes says the same in its own language.
///
/// The breaker limits how long it waits for a verb, and cancels the task of one that takes longer.
public protocol CircuitStore: Sendable {
    /// Reads a circuit's record.
    /// - Parameters:
    ///   - id: the circuit.
    ///   - consistent: whether the answer must hold every write that was acknowledged before; otherwise it may lag behind a little.
    /// - Returns: the record, or nil if there is none.
    /// - Throws: ``StoreError``.
    func read(_ id: String, consistent: Bool) async throws(StoreError) -> CircuitRecord?

    /// Adds a report to the window of a circuit that is still CLOSED in the report's epoch; a circuit without a record is CLOSED in epoch 0.
    /// - Parameters:
    ///   - report: what one environment counted.
    ///   - id: the circuit.
    /// - Returns: the record after it, or the record that refused it.
    /// - Throws: ``StoreError``, which says whether the report may have been added anyway.
    func report(_ report: CircuitReport, to id: String) async throws(StoreError) -> ReportResult

    /// Makes a change whose condition holds.
    /// - Parameters:
    ///   - change: the change and its condition.
    ///   - id: the circuit.
    /// - Returns: the record after it, or the record that refused it.
    /// - Throws: ``StoreError``, which says whether the change may have been made anyway.
    func change(_ change: CircuitChange, of id: String) async throws(StoreError) -> ChangeResult

    /// Opens connections and checks what can be checked, so that the first call need not.
    /// - Throws: ``StoreError`` that names what is missing and how to fix it.
    func prepare() async throws(StoreError)

    /// Whether the verbs never wait for anything, so that no time limit is needed.
    var answersImmediately: Bool { get }
}

extension CircuitStore {
    /// Does nothing.
    public func prepare() async throws(StoreError) {}

    /// False.
    public var answersImmediately: Bool { false }
}
