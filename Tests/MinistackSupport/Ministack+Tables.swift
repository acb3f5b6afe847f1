//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import AWSClient

extension Ministack {
    /// Calls DynamoDB as somebody who may do everything.
    package func call(_ operation: String, _ input: JSON) async throws -> JSON {
        try await root.call("DynamoDB_20120810.\(operation)", input, isResendable: false)
    }

    /// Makes a table with one key attribute, or two.
    package func createTable(_ name: String, key: String = "id", type: String = "S", sortKey: String? = nil) async throws {
        let keys = [(key, "HASH", type)] + (sortKey.map { [($0, "RANGE", "S")] } ?? [])
        _ = try await call(
            "CreateTable",
            [
                "TableName": .string(name), "BillingMode": "PAY_PER_REQUEST",
                "KeySchema": .array(keys.map { ["AttributeName": .string($0.0), "KeyType": .string($0.1)] }),
                "AttributeDefinitions": .array(keys.map { ["AttributeName": .string($0.0), "AttributeType": .string($0.2)] }),
            ]
        )
    }

    /// An item as it is; nil if there is none.
    package func item(_ id: String, in table: String) async throws -> [String: JSON]? {
        let key: JSON = ["id": ["S": .string(id)]]
        return try await call("GetItem", ["TableName": .string(table), "Key": key, "ConsistentRead": true])["Item"]?.object
    }

    /// Puts an item in the place of any other.
    package func put(_ id: String, _ attributes: [String: JSON], in table: String) async throws {
        let item = attributes.merging(["id": ["S": .string(id)]]) { $1 }
        _ = try await call("PutItem", ["TableName": .string(table), "Item": .object(item)])
    }

    /// Deletes an item.
    package func delete(_ id: String, in table: String) async throws {
        _ = try await call("DeleteItem", ["TableName": .string(table), "Key": ["id": ["S": .string(id)]]])
    }
}
