//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker
import CircuitBreakerDynamoDB
import Foundation
import MinistackSupport
import Testing

// Each situation of the article *Running it*: brought about by the library on a real table, and then handled by the article's commands as they stand.
@Suite(.serialized, .timeLimit(.minutes(5))) struct RunningItTests {
    struct Situation: CustomTestStringConvertible {
        let title: String
        let commands: [String]

        var testDescription: String { title }
    }

    private static let article = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().appendingPathComponent("../../Sources/CircuitBreaker/Documentation.docc/RunningIt.md")

    static let situations: [Situation] = {
        let text = (try? String(contentsOf: article, encoding: .utf8)) ?? ""
        let part = text.components(separatedBy: "\n## Ten situations\n").last?.components(separatedBy: "\n## ").first ?? ""
        return part.components(separatedBy: "\n### ").dropFirst().map { section in
            let blocks = section.components(separatedBy: "```").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
            let commands = blocks.flatMap { $0.split(separator: "\n").map(String.init) }
            return Situation(title: section.components(separatedBy: "\n")[0], commands: commands)
        }
    }()

    @Test func thereAreTen() {
        #expect(Self.situations.count == 10)
        #expect(Self.situations.allSatisfy { !$0.commands.isEmpty })
    }

    @Test(arguments: situations) func situation(_ situation: Situation) async throws {
        let willProbe = situation.title == "A circuit will not close"
        let stage = try await Stage(openTime: willProbe ? .milliseconds(50) : .seconds(600))
        switch situation.title {
        case "A circuit opens":
            try await stage.trip("payments")
            let outputs = try await stage.run(situation)
            #expect(outputs[0].contains("\npayments  OPEN ") && !outputs[0].contains("search"))
            #expect(outputs[1].hasPrefix("payments is OPEN since ") && outputs[1].contains("\nwhy: 2 consecutive failures"))
            for words in ["changed by ", "trouble since ", "last error: Failure, seen by ", "next: calls are rejected until "] {
                #expect(outputs[1].contains("\n\(words)"), "\(outputs[1])")
            }
            #expect(outputs[2].contains("CLOSED -> OPEN"))
        case "A circuit flaps":
            for _ in 0..<3 {
                try await stage.trip("payments")
                try await stage.breaker("payments").reset(by: "test", why: "as if probes had succeeded")
            }
            try await stage.trip("payments")
            let outputs = try await stage.run(situation)
            #expect(outputs[0].split(separator: "\n").count { $0.contains("-> OPEN") } == 4)
            #expect(try await stage.passes("payments"))
        case "A circuit will not close":
            try await stage.trip("payments")
            _ = try await poll("two probes have failed") {
                try await stage.fail("payments")
                return try await stage.store.read("payments", consistent: true)?.consecutiveOpens ?? 0 >= 2 ? true : nil
            }
            let outputs = try await stage.run(situation)
            #expect(outputs[0].contains("failed to recover"))
            #expect(try await stage.store.read("payments", consistent: true)?.state == .closed)
        case "It was opened wrongly":
            try await stage.trip("payments")
            #expect(try await !stage.passes("payments"))
            let outputs = try await stage.run(situation) { step in
                let isLetThrough = try await stage.passes("payments")
                #expect(isLetThrough == (step == 0))
            }
            #expect(outputs.count == 2)
            #expect(try await !stage.passes("payments"))
            #expect(try await stage.lastOfHistory("payments") == .lifted(by: "ann", why: "rolled back"))
        case "A deploy is planned":
            _ = try await stage.run(situation) { step in
                for id in ["payments", "search"] {
                    let order = try await stage.store.read(id, consistent: true)?.order
                    #expect(order?.kind == (step == 0 ? .observe : nil))
                }
            }
        case "The dependency has its maintenance":
            let outputs = try await stage.run(situation)
            #expect(outputs[1].contains("FORCE-OPEN") && outputs[1].contains("by ann: maintenance until noon"))
            #expect(try await !stage.passes("payments"))
        case "The store is down":
            for command in situation.commands {
                let ended = try await stage.end(command, ["AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:1"])
                #expect(ended.status == 1 && ended.output.isEmpty && ended.error.split(separator: "\n").count == 1, "\(ended)")
                #expect(ended.error.contains("http://127.0.0.1:1"), "\(ended)")
            }
            let outputs = try await stage.run(situation)
            #expect(outputs[1].contains("payments"))
        case "One environment is sick":
            let environment = try await stage.trip("payments")
            let outputs = try await stage.run(situation)
            let history = try JSON(parsing: Array(outputs[0].utf8))
            let entries = try #require(history.array)
            #expect(Set(entries.map { $0["environment"]?.string }) == [environment])
            #expect(try await stage.store.read("payments", consistent: true)?.state == .closed)
        case "It costs too much":
            let outputs = try await stage.run(situation)
            #expect(outputs[0].contains("shared") && outputs[1].contains("MAX_VIEW_AGE"))
        case "A setting is bad":
            try await stage.trip("payments")
            _ = try await stage.run(situation) { step in
                let isLetThrough = try await stage.passes("payments")
                #expect(isLetThrough == (step == 0))
            }
        default:
            Issue.record("no test brings about: \(situation.title)")
        }
        await stage.store.shutdown()
    }
}

private struct Stage {
    private static let table = "circuits"
    private static let server = Task { try await Ministack.another() }

    let store: DynamoDBStore
    private let variables: [String: String]
    private let openTime: Duration

    // As the article has them: the circuits payments and search, CLOSED.
    init(openTime: Duration) async throws {
        self.openTime = openTime
        let server = try await Self.server.value
        let rights = ["Scan", "GetItem", "UpdateItem", "CreateTable", "DescribeTable", "DescribeTimeToLive", "UpdateTimeToLive"]
        let variables = BreakerProcess.nobody.merging(try await server.user(allowedTo: rights.map { "dynamodb:\($0)" })) { $1 }
        self.variables = variables
        let made = try await BreakerProcess(["table", "create", "--table", Self.table], environment: variables).wait()
        guard made.status == 0 else { throw BreakerProcess.Failure(made.error) }
        store = DynamoDBStore(table: Self.table, environment: ProcessEnvironment { variables[$0] })
        for id in ["payments", "search"] {
            try await server.delete(id, in: Self.table)
            try await fail(id)
            try await breaker(id).reset()
            _ = try await server.call("UpdateItem", Self.withoutHistory(id, try await server.item(id, in: Self.table) ?? [:]))
        }
    }

    private static func withoutHistory(_ id: String, _ item: [String: JSON]) -> JSON {
        let names = item.keys.filter { $0.hasPrefix("cb_h:") }
        let aliases = names.enumerated().map { ("#n\($0.offset)", $0.element) }
        return [
            "TableName": .string(table), "Key": ["id": ["S": .string(id)]],
            "UpdateExpression": .string("REMOVE " + aliases.map(\.0).joined(separator: ", ")),
            "ExpressionAttributeNames": .object(Dictionary(uniqueKeysWithValues: aliases.map { ($0.0, .string($0.1)) })),
        ]
    }

    func end(_ command: String, _ more: [String: String] = [:]) async throws -> BreakerProcess.Ended {
        try await BreakerProcess(shell: command, environment: variables.merging(more) { $1 }).wait(60)
    }

    // Each command must do what it says, without a word of complaint.
    func run(_ situation: RunningItTests.Situation, after step: (Int) async throws -> Void = { _ in }) async throws -> [String] {
        var outputs: [String] = []
        for (number, command) in situation.commands.enumerated() {
            let ended = try await end(command)
            #expect(ended.status == 0 && ended.error.isEmpty && !ended.output.isEmpty, "\(command): \(ended)")
            outputs.append(ended.output)
            try await step(number)
        }
        return outputs
    }

    // A process of the fleet that has just started.
    func breaker(_ id: String) throws -> CircuitBreaker {
        var configuration = CircuitBreaker.Configuration()
        configuration.policy = .consecutiveFailures(2)
        configuration.recovery.openTime = openTime
        configuration.recovery.maximumOpenTime = openTime * 2
        configuration.recovery.jitter = 0
        configuration.sharing.storeTimeout = .seconds(5)
        return try CircuitBreaker(id, store: store, configuration: configuration)
    }

    func fail(_ id: String) async throws { _ = try await call(breaker(id), fails: true) }

    // Whether a call gets through to the dependency.
    func passes(_ id: String) async throws -> Bool { try await call(breaker(id), fails: false) }

    @discardableResult func trip(_ id: String) async throws -> String {
        let breaker = try breaker(id)
        for _ in 0..<2 { _ = try await call(breaker, fails: true) }
        _ = try await poll("it is open") { try await store.read(id, consistent: true)?.state == .open ? true : nil }
        return breaker.environment.rawValue
    }

    private func call(_ breaker: CircuitBreaker, fails: Bool) async throws -> Bool {
        struct Failure: Error {}
        do {
            try await breaker.run { if fails { throw Failure() } }
        } catch is CircuitBreakerError {
            return false
        } catch is Failure {}
        return true
    }

    func lastOfHistory(_ id: String) async throws -> HistoryEntry.Event? { try await store.read(id, consistent: true)?.history.last?.event }
}
