//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import AWSClient
package import CircuitBreaker

// Where the table is, found once and complained about as often as it is asked for.
package struct StoreSettings: Sendable {
    package let table: String
    package let client: AWSClientConfiguration
    // A role is assumed in the table's region.
    package let credentials: DefaultCredentials

    package init(table: String?, region: String?, endpoint: String?, environment: ProcessEnvironment) throws(StoreError) {
        guard let table = table ?? environment["CIRCUITBREAKER_TABLE"], !table.isEmpty else {
            let message = "no table: set CIRCUITBREAKER_TABLE, or name one with DynamoDBStore(table:)"
            throw StoreError(.misconfigured, message, mayHaveBeenApplied: false)
        }
        guard Self.isTableName(table) else {
            let message = "'\(table.prefix(255))' is not the name of a table, which is \(Self.tableNameRule)"
            throw StoreError(.misconfigured, message, mayHaveBeenApplied: false)
        }
        let combined = ProcessEnvironment { name in
            switch name {
            case "AWS_REGION": region ?? environment[name]
            case "AWS_ENDPOINT_URL_DYNAMODB": endpoint ?? environment[name]
            case "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": endpoint == nil ? environment[name] : nil
            default: environment[name]
            }
        }
        self.table = table
        credentials = DefaultCredentials(environment: ProcessEnvironment { $0 == "AWS_REGION" ? region ?? environment[$0] : environment[$0] })
        do throws(AWSError) {
            client = try AWSClientConfiguration(service: "dynamodb", environment: combined)
        } catch {
            throw StoreError(error, table: table)
        }
    }

    package static let tableNameRule = "3 to 255 of the characters A-Z a-z 0-9 . _ -, or an ARN"

    package static func isTableName(_ text: String) -> Bool {
        if text.hasPrefix("arn:") { return text.utf8.count <= 1024 }
        return (3...255).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
                default: byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
                }
            }
    }
}
