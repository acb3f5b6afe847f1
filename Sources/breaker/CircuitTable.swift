//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreakerDynamoDB

// The table that circuits are shared in, as an administrator sees it. The store itself never makes these calls.
struct CircuitTable {
    private let name: String
    private let region: String
    private let endpoint: Endpoint
    private let client: AWSJSONClient

    init(_ settings: StoreSettings) {
        var configuration = settings.client
        configuration.timeLimit = .seconds(15)
        configuration.connectTimeout = .seconds(5)
        name = settings.table
        region = configuration.region
        endpoint = configuration.endpoint
        client = AWSJSONClient(configuration, credentials: settings.credentials)
    }

    func shutdown() async {
        await client.shutdown()
    }

    // Whether the table was not there before. All else is as it must be afterwards, or told.
    func create() async throws -> Bool {
        var isNew = false
        if try await table() == nil {
            let input: JSON = [
                "TableName": .string(name), "BillingMode": "PAY_PER_REQUEST",
                "KeySchema": [["AttributeName": "id", "KeyType": "HASH"]],
                "AttributeDefinitions": [["AttributeName": "id", "AttributeType": "S"]],
            ]
            // Somebody else may be just as quick.
            isNew = try await call("CreateTable", input, unless: "ResourceInUseException") != nil
        }
        try await untilActive()
        let description = try await describe()
        try description.checkKey()
        guard description.ttlAttribute == nil else {
            try description.check()
            return isNew
        }
        let specification: JSON = ["AttributeName": .string(TableDescription.ttl), "Enabled": true]
        _ = try await call("UpdateTimeToLive", ["TableName": .string(name), "TimeToLiveSpecification": specification])
        return isNew
    }

    func describe() async throws -> TableDescription {
        guard let table = try await table() else {
            throw CommandFailure("there is no table '\(name)' in \(region); make it with: breaker table create --table \(name)")
        }
        let ttl = try await call("DescribeTimeToLive", ["TableName": .string(name)])?["TimeToLiveDescription"]
        return TableDescription(name: name, region: region, table: table, ttl: ttl ?? .null)
    }

    private func table() async throws -> JSON? {
        try await call("DescribeTable", ["TableName": .string(name)], unless: "ResourceNotFoundException")?["Table"]
    }

    private func untilActive() async throws {
        let deadline = ContinuousClock.now + .seconds(120)
        while try await table()?["TableStatus"]?.string != "ACTIVE" {
            guard ContinuousClock.now < deadline else { throw CommandFailure("the table '\(name)' did not become ACTIVE within 120 s; try again") }
            try await Task.sleep(for: .milliseconds(500))
        }
    }

    // Nil if the service answers with the error that is expected.
    private func call(_ operation: String, _ input: JSON, unless expected: String? = nil) async throws -> JSON? {
        do throws(AWSError) {
            return try await client.call("DynamoDB_20120810.\(operation)", input, isResendable: true)
        } catch {
            let code = error.answer?.code
            if let expected, code == expected { return nil }
            if let denial = AccessDenial(error.answer) {
                throw CommandFailure("\(error.message); \(denial.advice(actions: "the action dynamodb:\(operation)", table: name))")
            }
            throw CommandFailure(error.code == .unreachable ? "\(endpoint) cannot be reached: \(error.message)" : error.message)
        }
    }
}
