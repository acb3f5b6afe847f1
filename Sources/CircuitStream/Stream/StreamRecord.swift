//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
package import CircuitBreakerDynamoDB

// What Lambda hands over of a table's stream: the writes to some items, in order for each.
package struct StreamEvent: Sendable {
    package let records: [StreamRecord]

    package init(parsing bytes: [UInt8]) throws {
        try self.init(JSON(parsing: bytes))
    }

    init(_ event: JSON) throws(StreamEventError) {
        guard let records = event["Records"]?.array else { throw StreamEventError("it has no list 'Records'") }
        self.records = try records.enumerated().map { number, record throws(StreamEventError) in try StreamRecord(record, number: number) }
    }
}

// One write to an item: the item before and after it.
package struct StreamRecord: Sendable {
    package let id: String
    package let sequenceNumber: String
    package let tableARN: String
    package let old: Item?
    package let new: Item?
    // Whether the table's time to live removed the item.
    package let isExpiry: Bool

    init(_ record: JSON, number: Int) throws(StreamEventError) {
        let change = record["dynamodb"]
        func fault(_ what: String) -> StreamEventError { StreamEventError("its record \(number) has no \(what)") }
        guard let sequenceNumber = change?["SequenceNumber"]?.string else { throw fault("'SequenceNumber'") }
        guard let source = record["eventSourceARN"]?.string else { throw fault("'eventSourceARN'") }
        guard let id = change?["Keys"]?["id"]?["S"]?.string else { throw fault("key 'id' (S): it is not of a table of circuits") }
        let images = (old: change?["OldImage"]?.object, new: change?["NewImage"]?.object)
        guard images.old != nil || images.new != nil else { throw fault("image: the stream must have the view type NEW_AND_OLD_IMAGES") }
        self.id = id
        self.sequenceNumber = sequenceNumber
        tableARN = source.split(separator: "/").prefix(2).joined(separator: "/")
        old = images.old.map { Item(attributes: $0) }
        new = images.new.map { Item(attributes: $0) }
        isExpiry = record["userIdentity"]?["principalId"]?.string == "dynamodb.amazonaws.com"
    }

    var table: String { tableARN.split(separator: "/").last.map(String.init) ?? "" }
}

// Why an event is not one of a table's stream.
package struct StreamEventError: Error, Hashable, CustomStringConvertible {
    package let description: String

    init(_ fault: String) {
        description = "this is not an event of a circuits' table's stream, since \(fault)"
    }
}
