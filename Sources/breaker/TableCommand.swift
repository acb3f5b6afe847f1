//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import ArgumentParser
import CircuitBreaker
import CircuitBreakerDynamoDB

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

struct TableCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "table",
        abstract: "Make or show the DynamoDB table that circuits share.",
        discussion: """
            Region, credentials and endpoint come from where the AWS tools find them: AWS_REGION, AWS_PROFILE and the like. A function that uses the \
            table needs dynamodb:GetItem and dynamodb:UpdateItem on it, and nothing else.

            EXAMPLES:
              breaker table create --table circuits
              breaker table describe --table circuits
            """,
        subcommands: [Create.self, Describe.self]
    )

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make the table, or check one that exists: partition key id, on demand, TTL on \(TableDescription.ttl)."
        )

        @OptionGroup var options: TableOptions

        func run() async throws {
            try await options.withTable { table in
                let isNew = try await table.create()
                Output.write("\(isNew ? "made" : "there already"): \(try await table.describe())")
            }
        }
    }

    struct Describe: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show the table's key, capacity and TTL, and say what is wrong with them.")

        @OptionGroup var options: TableOptions

        func run() async throws {
            try await options.withTable { table in
                let description = try await table.describe()
                try description.check()
                Output.write("\(description)")
            }
        }
    }
}

struct TableOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The table's name. [CIRCUITBREAKER_TABLE]", valueName: "name"),
        transform: { text in
            try TableOptions.check(text)
            return text
        }
    )
    var table: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("The table's region. [AWS_REGION]", valueName: "region"))
    var region: String?

    func withTable(_ body: (CircuitTable) async throws -> Void) async throws {
        let table = CircuitTable(try settings())
        do {
            try await body(table)
        } catch {
            await table.shutdown()
            throw error
        }
        await table.shutdown()
    }

    static func check(_ name: String) throws {
        guard StoreSettings.isTableName(name) else { throw ValidationError("must be \(StoreSettings.tableNameRule)") }
    }

    // The table that the environment names.
    static func named() throws -> String {
        let name = ProcessInfo.processInfo.environment["CIRCUITBREAKER_TABLE"] ?? ""
        guard !name.isEmpty else { throw ValidationError("no table: give --table or set CIRCUITBREAKER_TABLE; or --store for Valkey") }
        guard StoreSettings.isTableName(name) else {
            throw ValidationError("CIRCUITBREAKER_TABLE is '\(name.prefix(64))', but must be \(StoreSettings.tableNameRule)")
        }
        return name
    }

    private func settings() throws -> StoreSettings {
        let name = try table ?? Self.named()
        do throws(StoreError) {
            return try StoreSettings(table: name, region: region, endpoint: nil, environment: .current)
        } catch {
            throw CommandFailure(error.message)
        }
    }
}
