//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Synchronization

/// A store in this process: for one server, for tests, and for environments that run side by side in one process.
public final class InMemoryStore: CircuitStore {
    private struct Records {
        var byID: [String: CircuitRecord] = [:]
        // Expired records are swept out whenever the number of records has doubled since the last time.
        var sweepAt = 1024

        mutating func set(_ record: CircuitRecord, of id: String, at now: Timestamp) {
            byID[id] = record
            guard byID.count >= sweepAt else { return }
            byID = byID.filter { $0.value.expiresAt.map { now < $0 } ?? true }
            sweepAt = max(1024, byID.count * 2)
        }
    }

    private let records = Mutex(Records())
    private let clock: any CircuitClock

    /// Creates an empty store.
    /// - Parameter clock: decides which records have expired.
    public init(clock: any CircuitClock = WallClock()) {
        self.clock = clock
    }

    /// True: there is nothing to wait for.
    public var answersImmediately: Bool { true }

    /// How many records the store holds.
    public var count: Int { records.withLock { $0.byID.count } }

    /// Reads a record; always consistent.
    public func read(_ id: String, consistent: Bool) async throws(StoreError) -> CircuitRecord? {
        let now = clock.now
        return records.withLock { records in
            guard let record = records.byID[id] else { return nil }
            if let expiry = record.expiresAt, now >= expiry {
                records.byID[id] = nil
                return nil
            }
            return record
        }
    }

    /// Adds a report if the circuit is still CLOSED in its epoch.
    public func report(_ report: CircuitReport, to id: String) async throws(StoreError) -> ReportResult {
        let now = clock.now
        return records.withLock { records in
            let before = records.byID[id]
            var record = before ?? CircuitRecord()
            guard record.apply(report) else { return .refused(before) }
            records.set(record, of: id, at: now)
            return .accepted(record)
        }
    }

    /// Makes a change if its condition holds.
    public func change(_ change: CircuitChange, of id: String) async throws(StoreError) -> ChangeResult {
        let now = clock.now
        return records.withLock { records in
            let before = records.byID[id]
            var record = before ?? CircuitRecord()
            guard record.apply(change) else { return .lost(before) }
            records.set(record, of: id, at: now)
            return .won(record)
        }
    }

    /// Forgets a circuit, as an operator who deletes its record would.
    /// - Parameter id: the circuit.
    public func delete(_ id: String) {
        records.withLock { $0.byID[id] = nil }
    }

    /// Replaces a circuit's record without any condition, as a foreign writer would.
    /// - Parameters:
    ///   - id: the circuit.
    ///   - write: changes the record.
    public func overwrite(_ id: String, _ write: (inout CircuitRecord) -> Void) {
        records.withLock { records in
            var record = records.byID[id] ?? CircuitRecord()
            write(&record)
            records.byID[id] = record
        }
    }
}
