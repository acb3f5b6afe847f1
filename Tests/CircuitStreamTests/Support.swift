//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker
import Logging
import Synchronization

@testable import CircuitBreakerDynamoDB
@testable import CircuitStream

let tableARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/circuits"
let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

// An item as circuitbreaker-lambda leaves it.
func v1Item(_ state: String, next: Int64 = 0) -> [String: JSON] {
    [
        "id": .text("payments"), "circuitState": .text(state), "failureCount": .count(state == "OPEN" ? 5 : 0), "successCount": .count(0),
        "nextAttempt": .count(next), "lastFailureTime": .count(0), "consecutiveOpens": .count(0), "stateTimestamp": .count(1_000),
        "schemaVersion": .count(1),
    ]
}

// An item as this library leaves it.
func ownItem(
    _ state: CircuitState,
    epoch: Int64,
    reason: ChangeReason? = .nextAttemptDue,
    order: CircuitOrder? = nil,
    orderEpoch: Int64? = nil,
    extra: [String: JSON] = [:]
) -> [String: JSON] {
    var item = v1Item(order?.kind == .forceOpen ? "OPEN" : state.rawValue, next: state == .open ? epoch + 10_000 : 0)
    item[Attribute.epoch] = .count(epoch)
    item[Attribute.state] = .text(state.rawValue)
    item[Attribute.since] = .count(epoch)
    item[Attribute.ownNextAttempt] = .count(state == .open ? epoch + 10_000 : 0)
    item[Attribute.writer] = .text("1 environment-a")
    item[Attribute.reason] = reason?.stored()
    item[Attribute.order] = order?.stored()
    item[Attribute.orderEpoch] = orderEpoch.map { .count($0) }
    return item.merging(extra) { $1 }
}

// A write as a table's stream has it.
func write(_ old: [String: JSON]?, _ new: [String: JSON]?, number: String = "100", circuit: String = "payments", isExpiry: Bool = false) -> JSON {
    var change: [String: JSON] = [
        "Keys": ["id": ["S": .string(circuit)]], "SequenceNumber": .string(number), "SizeBytes": 300, "StreamViewType": "NEW_AND_OLD_IMAGES",
        "ApproximateCreationDateTime": 1_790_000_000,
    ]
    change["OldImage"] = old.map { .object($0) }
    change["NewImage"] = new.map { .object($0) }
    var record: [String: JSON] = [
        "eventID": "c4ca4238a0b923820dcc509a6f75849b", "eventName": .string(old == nil ? "INSERT" : new == nil ? "REMOVE" : "MODIFY"),
        "eventVersion": "1.1", "eventSource": "aws:dynamodb", "awsRegion": "eu-west-1",
        "eventSourceARN": .string(tableARN + "/stream/2026-11-26T00:00:00.000"), "dynamodb": .object(change),
    ]
    if isExpiry { record["userIdentity"] = ["type": "Service", "principalId": "dynamodb.amazonaws.com"] }
    return .object(record)
}

func event(_ records: JSON...) throws -> StreamEvent {
    try StreamEvent(parsing: JSON.object(["Records": .array(records)]).bytes)
}

func announcements(_ record: JSON) throws -> [Announcement] {
    try event(record).records[0].announcements()
}

// Writes that open a circuit, one for each name.
func openings(_ circuits: [String]) throws -> [Announcement] {
    try circuits.enumerated().flatMap { number, circuit in
        try announcements(write(nil, ownItem(.open, epoch: 5_000), number: "\(100 + number)", circuit: circuit))
    }
}

// A bus that fails as a test says, and remembers what arrived.
final class ScriptedBus: Sendable {
    private struct State {
        var batches: [[Announcement]] = []
        var arrived: [Announcement] = []
    }

    private let state = Mutex(State())
    private let fails: @Sendable (_ call: Int, _ announcement: Announcement) -> Bool

    init(fails: @escaping @Sendable (_ call: Int, _ announcement: Announcement) -> Bool = { _, _ in false }) {
        self.fails = fails
    }

    var batches: [[Announcement]] { state.withLock { $0.batches } }
    var arrived: [Announcement] { state.withLock { $0.arrived } }

    func put(_ batch: [Announcement]) -> [String?] {
        state.withLock { state in
            let call = state.batches.count
            state.batches.append(batch)
            return batch.map { announcement in
                if fails(call, announcement) { return "InternalFailure" }
                state.arrived.append(announcement)
                return nil
            }
        }
    }

    var handler: StreamHandler { StreamHandler(put: { self.put($0) }, pause: { _ in }) }
}
