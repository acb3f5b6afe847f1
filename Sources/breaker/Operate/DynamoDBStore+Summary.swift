//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerDynamoDB

extension DynamoDBStore {
    // The circuit as it is now; nil if there is none.
    func summary(of id: String) async throws -> CircuitSummary? {
        try CircuitBreaker.validate(id: id)
        let record = try await read(id, consistent: true)
        return record.flatMap { CircuitSummary(id, $0, at: WallClock().now) }
    }

    func existing(_ id: String, in table: String) async throws -> CircuitSummary {
        guard let summary = try await summary(of: id) else {
            throw CommandFailure("there is no circuit '\(id)' in the table '\(table)'; see: breaker list --table \(table)")
        }
        return summary
    }
}
