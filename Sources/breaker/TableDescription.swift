//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreakerDynamoDB

// What a table is like, and what a store of circuits needs of it.
struct TableDescription: CustomStringConvertible {
    static let ttl = DynamoDBStore.ttlAttribute

    let name: String
    let region: String
    let status: String
    let keys: [String]
    let isOnDemand: Bool
    // Nil while items never expire.
    let ttlAttribute: String?

    init(name: String, region: String, table: JSON, ttl: JSON) {
        self.name = name
        self.region = region
        status = table["TableStatus"]?.string ?? "UNKNOWN"
        let types = (table["AttributeDefinitions"]?.array ?? []).map { ($0["AttributeName"]?.string, $0["AttributeType"]?.string ?? "?") }
        keys = (table["KeySchema"]?.array ?? []).map { key in
            let attribute = key["AttributeName"]?.string
            return "\(attribute ?? "?") (\(types.first { $0.0 == attribute }?.1 ?? "?"))"
        }
        isOnDemand = table["BillingModeSummary"]?["BillingMode"]?.string == "PAY_PER_REQUEST"
        let isExpiring = ["ENABLED", "ENABLING"].contains(ttl["TimeToLiveStatus"]?.string ?? "")
        ttlAttribute = isExpiring ? ttl["AttributeName"]?.string : nil
    }

    var description: String {
        let capacity = isOnDemand ? "on demand" : "provisioned"
        let ttl = ttlAttribute.map { "on \($0)" } ?? "off"
        return "table \(name) in \(region), \(status), key \(keys.joined(separator: ", ")), \(capacity), TTL \(ttl)"
    }

    func checkKey() throws {
        guard keys == ["id (S)"] else {
            throw CommandFailure(
                "the table '\(name)' has the key \(keys.joined(separator: ", ")); circuits need a table of their own with the key id (S) alone"
            )
        }
    }

    func check() throws {
        try checkKey()
        guard ttlAttribute == Self.ttl else {
            let isOff = "is off; turn it on with: breaker table create --table \(name)"
            let problem = ttlAttribute.map { "is on the attribute '\($0)'; circuits need it on '\(Self.ttl)'" } ?? isOff
            throw CommandFailure("TTL of the table '\(name)' \(problem)")
        }
    }
}
