//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker
import Foundation
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

func uniqueID(_ name: String = #function) -> String {
    "\(name.prefix { $0.isLetter }):\(EnvironmentID.random().rawValue)"
}

let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))

func writer(_ nonce: UInt64 = 1) -> WriterToken {
    WriterToken(environment: EnvironmentID(rawValue: "abcdefghijkl"), nonce: nonce)
}

func transition(
    to state: CircuitState,
    from epoch: Epoch,
    at time: Timestamp = now,
    nextAttempt: Timestamp = now,
    takes: Int? = nil,
    reason: ChangeReason = .nextAttemptDue
) -> CircuitChange {
    let transition = CircuitChange.Transition(
        to: state,
        epoch: epoch.next(at: time),
        now: time,
        nextAttempt: nextAttempt,
        consecutiveOpens: 0,
        failureCount: 3,
        writer: writer(),
        reason: reason,
        takes: takes,
        leaseEnd: takes.map { _ in time.adding(5000) }
    )
    return CircuitChange(.transition(transition), if: .init(epoch: epoch), expiresAt: time.adding(86_400_000))
}

func failures(_ count: Int, epoch: Epoch = .zero, at time: Timestamp = now, keepFrom: Timestamp = .zero) -> CircuitReport {
    CircuitReport(
        epoch: epoch,
        buckets: [CircuitWindow.Bucket(start: time, tally: CircuitWindow.Tally(failures: count))],
        streak: .add(count),
        lastFailure: time,
        keepFrom: keepFrom,
        expiresAt: time.adding(86_400_000)
    )
}

extension ReportResult {
    var accepted: CircuitRecord? {
        if case .accepted(let record) = self { record } else { nil }
    }
}

extension ChangeResult {
    var won: CircuitRecord? {
        if case .won(let record) = self { record } else { nil }
    }
}

func storeError(_ body: () async throws(StoreError) -> some Any) async -> StoreError {
    do throws(StoreError) {
        _ = try await body()
    } catch {
        return error
    }
    Issue.record("no error")
    return StoreError(.unavailable, "no error")
}
