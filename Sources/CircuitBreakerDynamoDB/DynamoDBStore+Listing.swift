//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
public import CircuitBreaker

extension DynamoDBStore {
    /// The most items that a page may have, so that its answer stays small however long their histories are.
    public static let longestPage = 100

    /// Reads the next circuits of the table, in no order.
    ///
    /// It needs the action `dynamodb:Scan`, which a process that only uses circuits does not. Each page costs the reading of all its items, others' included.
    /// - Parameters:
    ///   - cursor: where the page begins; nil: the first.
    ///   - limit: how many items to read, ``longestPage`` at most.
    /// - Returns: the page; it may be empty although others follow.
    /// - Throws: ``StoreError``.
    public func page(after cursor: CircuitPage.Cursor? = nil, limit: Int = longestPage) async throws(StoreError) -> CircuitPage {
        try await page(after: cursor, limit: limit, consistent: true)
    }

    // A page that is not consistent costs half, and may lag by a second.
    package func page(after cursor: CircuitPage.Cursor?, limit: Int, consistent: Bool) async throws(StoreError) -> CircuitPage {
        let connection = try connection.get()
        var members: [String: JSON] = [
            "TableName": .string(connection.table), "Limit": .number(.init(min(max(limit, 1), Self.longestPage))),
            "ConsistentRead": .bool(consistent), "ReturnConsumedCapacity": "TOTAL",
        ]
        if let cursor { members["ExclusiveStartKey"] = .object([Attribute.id: .text(cursor.id)]) }
        do throws(AWSError) {
            return CircuitPage(try await connection.client.call("DynamoDB_20120810.Scan", .object(members), isResendable: true))
        } catch {
            throw StoreError(error, table: connection.table, endpoint: connection.endpoint, actions: "the action dynamodb:Scan")
        }
    }
}

extension CircuitPage {
    init(_ output: JSON) {
        circuits = [:]
        unreadable = []
        strangers = 0
        readUnits = output["ConsumedCapacity"]?["CapacityUnits"].flatMap { if case .number(let units) = $0 { units.double } else { nil } }
        // A table with another key is another application's: none of its items is a circuit, so the first page says enough.
        next = output["LastEvaluatedKey"]?.object.flatMap { $0.count == 1 ? $0[Attribute.id]?.text : nil }.map { Cursor(id: $0) }
        for attributes in output["Items"]?.array ?? [] { add(Item(attributes: attributes.object ?? [:])) }
        unreadable.sort()
    }

    private mutating func add(_ item: Item) {
        guard let id = item.attributes[Attribute.id]?.text, item.stranger == nil else {
            strangers += 1
            return
        }
        do {
            circuits[id] = try CircuitRecord(item)
        } catch {
            unreadable.append(id)
        }
    }
}
