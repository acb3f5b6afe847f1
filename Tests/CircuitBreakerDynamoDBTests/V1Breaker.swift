//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker
import CircuitBreakerTesting
import MinistackSupport

// circuitbreaker-lambda 1.0.1 as it reads, decides and writes, with threshold 3, two successes, 10 s doubling up to 60 s, window 60 s.
struct V1Breaker {
    let table: Table
    let id: String
    let clock: ManualClock
    var state = "CLOSED"
    var failureCount: Int64 = 0
    var successCount: Int64 = 0
    var nextAttempt: Int64 = 0
    var lastFailureTime: Int64 = 0
    var consecutiveOpens: Int64 = 0
    var stateTimestamp: Int64 = 0

    init(table: Table, id: String, clock: ManualClock) {
        self.table = table
        self.id = id
        self.clock = clock
    }

    private var now: Int64 { clock.now.milliseconds }

    mutating func load() async throws {
        guard let item = try await table.server.item(id, in: table.name) else { return }
        func number(_ name: String) -> Int64 { item[name]?["N"]?.string.flatMap { Int64($0) } ?? 0 }
        let text = item["circuitState"]?["S"]?.string ?? "CLOSED"
        state = text == "HALF" ? "HALF-OPEN" : text
        failureCount = number("failureCount")
        successCount = number("successCount")
        nextAttempt = number("nextAttempt")
        lastFailureTime = number("lastFailureTime")
        consecutiveOpens = number("consecutiveOpens")
        stateTimestamp = number("stateTimestamp")
    }

    // Eight attributes, no condition.
    func save() async throws {
        func number(_ value: Int64) -> JSON { ["N": .string(String(value))] }
        let attributes: [(String, JSON)] = [
            ("circuitState", ["S": .string(state)]), ("failureCount", number(failureCount)), ("successCount", number(successCount)),
            ("nextAttempt", number(nextAttempt)), ("lastFailureTime", number(lastFailureTime)), ("consecutiveOpens", number(consecutiveOpens)),
            ("stateTimestamp", number(stateTimestamp)), ("schemaVersion", number(1)),
        ]
        let names = attributes.enumerated().map { ("#\($0)", JSON.string($1.0)) }
        let values = attributes.enumerated().map { (":\($0)", $1.1) }
        _ = try await table.server.call(
            "UpdateItem",
            [
                "TableName": .string(table.name), "Key": ["id": ["S": .string(id)]],
                "UpdateExpression": .string("SET " + attributes.indices.map { "#\($0) = :\($0)" }.joined(separator: ", ")),
                "ExpressionAttributeNames": .object(Dictionary(uniqueKeysWithValues: names)),
                "ExpressionAttributeValues": .object(Dictionary(uniqueKeysWithValues: values)),
            ]
        )
    }

    // Whether a call may be made.
    mutating func check() async throws -> Bool {
        try await load()
        if state == "CLOSED", lastFailureTime > 0, now - lastFailureTime > 60_000 { failureCount = 0 }
        guard state == "OPEN" else { return true }
        guard nextAttempt <= now else { return false }
        state = "HALF-OPEN"
        successCount = 0
        try await save()
        return true
    }

    mutating func recordSuccess() async throws {
        if state == "HALF-OPEN" {
            successCount += 1
            if successCount >= 2 {
                state = "CLOSED"
                (successCount, failureCount, consecutiveOpens) = (0, 0, 0)
            }
        }
        stateTimestamp = now
        try await save()
    }

    mutating func recordFailure() async throws {
        failureCount += 1
        lastFailureTime = now
        if state == "HALF-OPEN" {
            consecutiveOpens += 1
            open()
        } else if failureCount >= 3 {
            consecutiveOpens = 0
            open()
        }
        try await save()
    }

    private mutating func open() {
        state = "OPEN"
        nextAttempt = now + min(10_000 << min(consecutiveOpens, 10), 60_000)
        stateTimestamp = now
    }

    mutating func fails() async throws {
        if try await check() { try await recordFailure() }
    }
}
