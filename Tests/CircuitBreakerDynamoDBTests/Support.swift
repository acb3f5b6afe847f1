//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import MinistackSupport
import Testing

@testable import CircuitBreakerDynamoDB

// A table that all tests share, and users who may do what the documentation asks for and nothing more.
struct Table {
    static let actions = ["dynamodb:GetItem", "dynamodb:UpdateItem"]

    private static let made = Task {
        let server = try await Ministack.shared
        try await server.createTable("circuits")
        return Table(server: server, name: "circuits", variables: try await server.user(allowedTo: actions))
    }

    static var shared: Table {
        get async throws { try await made.value }
    }

    let server: Ministack
    let name: String
    let variables: [String: String]

    func store(_ changes: [String: String] = [:]) -> DynamoDBStore {
        DynamoDBStore(table: name, environment: ProcessEnvironment(variables.merging(changes) { $1 })) {
            // Machines that test may be slow.
            $0.timeLimit = .seconds(60)
            $0.connectTimeout = .seconds(60)
        }
    }

    func item(_ id: String) async throws -> [String: JSON] {
        try #require(try await server.item(id, in: name))
    }
}
