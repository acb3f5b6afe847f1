//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker
import Logging
import MinistackSupport
import SafeText
import StoreSupport
import Synchronization
import Testing

@testable import CircuitBreakerDynamoDB

// Items of other libraries under the name of a circuit: told by name, and never touched.
@Suite(.timeLimit(.minutes(2))) struct StrangerTests {
    // As Powertools for AWS Lambda (Python) 3.37 writes them, and its idempotency utility.
    static let powertools: [[String: JSON]] = [
        ["state": ["S": "OPEN"], "failure_count": ["N": "5"], "opened_at": ["N": "1795501860"], "expiration": ["N": "1795588260"]],
        [
            "state": ["S": "HALF_OPEN"], "failure_count": ["N": "5"], "opened_at": ["N": "1795501860"], "half_open_owner": ["S": "w"],
            "probe_lease_expiry": ["N": "1795501870"],
        ],
        ["state": ["S": "CLOSED"], "failure_count": ["N": "0"]],
    ]
    static let others: [[String: JSON]] = [
        ["my_state": ["S": "OPEN"], "my_count": ["N": "5"]], ["status": ["S": "COMPLETED"], "data": ["S": "{}"], "expiration": ["N": "1795588260"]],
        ["state": ["S": "OPEN"]], ["\u{1B}[2J\u{202E}": ["S": "OPEN"]], [:],
    ]

    @Test func isNeverTouchedAndToldByName() async throws {
        let table = try await Table.shared
        for attributes in Self.powertools {
            try await expectUntouched(attributes, in: table, words: ["Powertools for AWS Lambda", "'state' and 'failure_count'", "another name"])
        }
        for attributes in Self.others {
            let what = attributes.keys.min().map { "'\($0.escaped)'" } ?? "nothing but its id"
            try await expectUntouched(attributes, in: table, words: ["neither a circuit of this library nor one of circuitbreaker-lambda", what])
        }
    }

    // Powertools updates whatever item it finds when its circuit opens.
    @Test func oursIsLeftAloneOnceItIsAnothersToo() async throws {
        let table = try await Table.shared
        let store = table.store()
        let id = uniqueID()
        _ = try await store.report(failures(2), to: id)
        _ = try await table.server.call(
            "UpdateItem",
            [
                "TableName": .string(table.name), "Key": ["id": ["S": .string(id)]],
                "UpdateExpression": "SET #s = :s, failure_count = :c, opened_at = :o REMOVE half_open_owner, probe_lease_expiry",
                "ExpressionAttributeNames": ["#s": "state"],
                "ExpressionAttributeValues": [":s": ["S": "OPEN"], ":c": ["N": "5"], ":o": ["N": "1795501860"]],
            ]
        )
        try await expectRefusals(of: id, by: store, in: table, words: ["Powertools"])
        await store.shutdown()
    }

    @Test func callsGoOnAndTheLogNamesTheOther() async throws {
        let table = try await Table.shared
        let id = uniqueID()
        try await table.server.put(id, Self.powertools[0], in: table.name)
        let before = try await table.item(id)
        let store = table.store()
        let warnings = Warnings()
        let logger = Logger(label: "test") { _ in warnings }
        let breaker = try CircuitBreaker(id, store: store, configuration: .init(policy: .failures(2, within: .seconds(60))), logger: logger)
        #expect(await breaker.succeeds())
        for _ in 0..<2 { await breaker.fails() }
        #expect(await breaker.rejection() != nil, "nothing protects while the item is another's")
        #expect(try await table.item(id) == before)
        #expect(warnings.lines.withLock { $0.filter { $0.contains("Powertools for AWS Lambda") } }.count == 1, "\(warnings.lines.withLock { $0 })")
        await store.shutdown()
    }

    @Test func allThatWeWriteHasNamesThatNobodyElseHas() async throws {
        let table = try await Table.shared
        let store = table.store()
        let id = uniqueID()
        _ = try await store.report(failures(2), to: id)
        let record = try #require(try await store.change(transition(to: .halfOpen, from: .zero, takes: 0), of: id).won)
        _ = try await store.change(CircuitChange(.countSuccess, if: .init(epoch: record.epoch), expiresAt: now.adding(1000)), of: id)
        for until in [nil, now] {
            let order = CircuitOrder(.forceOpen, until: until, by: "me", why: "because")
            _ = try await store.change(CircuitChange(.order(order, orderEpoch: Epoch(rawValue: 1)), if: .init(), expiresAt: until), of: id)
            let names = try await table.item(id).keys.filter { !$0.hasPrefix("cb_") }
            #expect(Set(names).subtracting(["expiresAt"]) == Set(Attribute.shared + ["id"]))
        }
        await store.shutdown()
    }

    // Set to OPEN, the circuit is adopted or probed; set to CLOSED too early, it is put back.
    @Test(arguments: [CircuitState.open, .closed]) func anEditOfTheStateIsInTheHistory(edit: CircuitState) async throws {
        let table = try await Table.shared
        let store = table.store()
        let id = uniqueID()
        let own: CircuitState = edit == .open ? .closed : .open
        let wait = WallClock().now.advanced(by: .seconds(5))
        let record = try #require(try await store.change(transition(to: own, from: .zero, nextAttempt: wait), of: id).won)
        _ = try await table.server.call(
            "UpdateItem",
            [
                "TableName": .string(table.name), "Key": ["id": ["S": .string(id)]], "UpdateExpression": "SET circuitState = :s",
                "ExpressionAttributeValues": [":s": ["S": .string(edit.rawValue)]],
            ]
        )
        let breaker = try CircuitBreaker(id, store: store, configuration: .init(policy: .failures(3, within: .seconds(60))))
        for _ in 0..<3 { _ = await breaker.succeeds() }
        let history = try #require(try await store.read(id, consistent: true)).history
        #expect(history.first?.epoch == record.epoch)
        guard case .changed(let from, let to, _, let environment)? = history.dropFirst().first?.event else {
            Issue.record("the edit left no trace: \(history)")
            return
        }
        // What the record had before differs from what the change before it had left.
        #expect(from == edit && environment == breaker.environment)
        #expect(edit == .open || to == .open)
        await store.shutdown()
    }

    // By hand, or by circuitbreaker-lambda.
    @Test func anEditOfTheStateIsToldOnce() async throws {
        let table = try await Table.shared
        let log = Warnings()
        let store = DynamoDBStore(table: table.name, environment: ProcessEnvironment(table.variables), logger: Logger(label: "test") { _ in log })
        let id = uniqueID()
        let record = try #require(try await store.change(transition(to: .open, from: .zero), of: id).won)
        func told() -> [String] { log.lines.withLock { $0.filter { $0.contains("Somebody else has changed") } } }
        for (state, count) in [("OPEN", 0), ("CLOSED", 1), ("CLOSED", 1), ("HALF-OPEN", 2), ("OPEN", 2), ("CLOSED", 3)] {
            _ = try await table.server.call(
                "UpdateItem",
                [
                    "TableName": .string(table.name), "Key": ["id": ["S": .string(id)]], "UpdateExpression": "SET circuitState = :s",
                    "ExpressionAttributeValues": [":s": ["S": .string(state)]],
                ]
            )
            _ = try await store.read(id, consistent: true)
            #expect(told().count == count, "\(state): \(told())")
        }
        #expect(told().first?.contains(id) == true && told().first?.contains("CLOSED") == true && told().first?.contains("OPEN") == true)
        _ = try await store.change(transition(to: .halfOpen, from: record.epoch), of: id)
        #expect(told().count == 3, "our own change was reported as another's")
        await store.shutdown()
    }

    private func expectUntouched(_ attributes: [String: JSON], in table: Table, words: [String]) async throws {
        let id = uniqueID()
        try await table.server.put(id, attributes, in: table.name)
        // One that has read nothing before it writes.
        let store = table.store()
        try await expectRefusals(of: id, by: store, in: table, words: ["'\(id)'", "'circuits'"] + words)
        await store.shutdown()
    }

    private func expectRefusals(of id: String, by store: DynamoDBStore, in table: Table, words: [String]) async throws {
        let before = try await table.item(id)
        let order = CircuitOrder(.forceOpen, until: now, by: "me", why: "because")
        let errors = [
            await storeError { () async throws(StoreError) in try await store.report(failures(1), to: id) },
            await storeError { () async throws(StoreError) in try await store.change(transition(to: .open, from: .zero), of: id) },
            await storeError { () async throws(StoreError) in try await store.change(CircuitChange(.countSuccess, if: .init()), of: id) },
            await storeError { () async throws(StoreError) in
                try await store.change(CircuitChange(.order(order, orderEpoch: Epoch(rawValue: 1)), if: .init()), of: id)
            },
            await storeError { () async throws(StoreError) in try await store.read(id, consistent: true) },
        ]
        for error in errors {
            #expect(error.code == .unreadable && !error.mayHaveBeenApplied, "\(error)")
            for word in words { #expect(error.message.contains(word), "\(error)") }
            #expect(!error.message.contains("delete"), "\(error)")
        }
        #expect(try await table.item(id) == before)
    }
}
