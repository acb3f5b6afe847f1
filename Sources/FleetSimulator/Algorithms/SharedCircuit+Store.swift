//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// What the store does with what the engine asks of it.
extension SharedCircuit {
    static func nextAttempt(of record: CircuitRecord) -> Timestamp? {
        record.state == .open ? record.nextAttempt : nil
    }

    static func demand(of action: StoreAction, on record: CircuitRecord?) -> StoreDemand {
        switch action {
        case .read(let isConsistent):
            let units = ItemSize.readUnits(of: record)
            return StoreDemand(kind: isConsistent ? .consistentRead : .eventualRead, units: isConsistent ? units : units / 2)
        case .report, .change:
            return StoreDemand(kind: .write, units: ItemSize.writeUnits(of: record))
        }
    }

    func counted(in record: CircuitRecord?, at now: Timestamp) -> CircuitWindow.Tally? {
        rules.total(of: record ?? CircuitRecord(), at: now)
    }

    mutating func answer(_ action: StoreAction, reading record: CircuitRecord?) -> StoreReply {
        .record(verbs.read(record))
    }

    mutating func write(_ action: StoreAction, to record: inout CircuitRecord?, from e: Int, at now: Milliseconds) -> (StoreReply, isChanged: Bool) {
        let before = record ?? CircuitRecord()
        var next = before
        switch action {
        case .read:
            return (.record(record), false)
        case .report(let report):
            guard verbs.report(&next, report) else { return (.reported(.refused(record)), false) }
            witness.reported(report, from: e, before: before, after: next)
            record = next
            return (.reported(.accepted(next)), true)
        case .change(let change):
            guard verbs.change(&next, change) else { return (.changed(.lost(record)), false) }
            witness.changed(change, by: e, before: before, after: next)
            record = next
            return (.changed(.won(next)), true)
        }
    }
}
