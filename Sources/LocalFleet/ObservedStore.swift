//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import CircuitBreaker

// A store that reports each request that a fleet makes.
package final class ObservedStore: CircuitStore {
    package enum Verb: String, CaseIterable, Sendable {
        case read
        case report
        case change
    }

    private let inner: any CircuitStore
    private let tell: @Sendable (Verb, CircuitRecord?) -> Void

    // `tell` has the record as the answer shows it, if the answer shows one.
    package init(_ inner: any CircuitStore, tell: @escaping @Sendable (Verb, CircuitRecord?) -> Void) {
        self.inner = inner
        self.tell = tell
    }

    package var answersImmediately: Bool { inner.answersImmediately }

    package func prepare() async throws(StoreError) {
        try await inner.prepare()
    }

    package func read(_ id: String, consistent: Bool) async throws(StoreError) -> CircuitRecord? {
        do throws(StoreError) {
            let record = try await inner.read(id, consistent: consistent)
            tell(.read, record)
            return record
        } catch {
            tell(.read, nil)
            throw error
        }
    }

    package func report(_ report: CircuitReport, to id: String) async throws(StoreError) -> ReportResult {
        do throws(StoreError) {
            let result = try await inner.report(report, to: id)
            switch result {
            case .accepted(let record): tell(.report, record)
            case .refused(let record): tell(.report, record)
            }
            return result
        } catch {
            tell(.report, nil)
            throw error
        }
    }

    package func change(_ change: CircuitChange, of id: String) async throws(StoreError) -> ChangeResult {
        do throws(StoreError) {
            let result = try await inner.change(change, of: id)
            switch result {
            case .won(let record): tell(.change, record)
            case .lost(let record): tell(.change, record)
            }
            return result
        } catch {
            tell(.change, nil)
            throw error
        }
    }
}
