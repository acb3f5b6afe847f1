//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import AWSClient
package import CircuitBreaker
import CircuitBreakerDynamoDB

// What one write says to others, as an event.
package struct Announcement: Hashable, Sendable {
    package enum Change: Hashable, Sendable {
        case state(StateChange)
        case order(OrderChange)
    }

    package static let source = "swift-circuit-breaker"
    package static let schemaVersion = 1

    package let circuit: String
    package let table: String
    package let tableARN: String
    package let sequenceNumber: String
    package let change: Change

    package var detailType: String {
        switch change {
        case .state: "Circuit State Change"
        case .order: "Circuit Order Change"
        }
    }

    // The same for the same change however often it arrives, and for no other of the circuit.
    package var key: String {
        switch (change, epoch) {
        case (.state, let epoch?): "state-\(epoch.rawValue)"
        case (.order, let epoch?): "order-\(epoch.rawValue)"
        case (.state, nil): "state-write-\(sequenceNumber)"
        case (.order, nil): "order-write-\(sequenceNumber)"
        }
    }

    package var epoch: Epoch? {
        switch change {
        case .state(let change): change.epoch
        case .order(let change): change.epoch
        }
    }

    package var detail: JSON {
        let members =
            switch change {
            case .state(let change): change.members
            case .order(let change): change.members
            }
        let head: [String: JSON] = [
            "schemaVersion": .whole(Self.schemaVersion), "circuit": .string(circuit), "table": .string(table), "key": .string(key),
            "epoch": epoch.map { .whole($0.rawValue) } ?? .null, "sequenceNumber": .string(sequenceNumber),
        ]
        return .object(members.merging(head) { $1 })
    }

    // An entry of PutEvents.
    package func entry(bus: String) -> JSON {
        [
            "Source": .string(Self.source), "DetailType": .string(detailType), "Detail": .string("\(detail)"), "Resources": [.string(tableARN)],
            "EventBusName": .string(bus),
        ]
    }

    // As PutEvents counts.
    var size: Int { [Self.source, detailType, "\(detail)", tableARN].map(\.utf8.count).reduce(0, +) }
}

extension StreamRecord {
    // What the write changed, the state first; nothing for an item that is no circuit's.
    package func announcements() throws(StoreError) -> [Announcement] {
        let before = try old.flatMap { (item) throws(StoreError) in try item.circuit }
        let after = try new.flatMap { (item) throws(StoreError) in try item.circuit }
        guard before != nil || after != nil else { return [] }
        let start = before ?? CircuitRecord()
        let changes: [Announcement.Change?] = [
            StateChange(from: start, to: after, isExpiry: isExpiry).map { .state($0) }, OrderChange(from: start, to: after).map { .order($0) },
        ]
        return changes.compactMap(\.self).map {
            Announcement(circuit: id, table: table, tableARN: tableARN, sequenceNumber: sequenceNumber, change: $0)
        }
    }
}

extension Item {
    // Nil for somebody else's.
    fileprivate var circuit: CircuitRecord? {
        get throws(StoreError) { stranger == nil ? try CircuitRecord(self) : nil }
    }
}
