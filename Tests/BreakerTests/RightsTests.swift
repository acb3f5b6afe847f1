//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import Foundation
import MinistackSupport
import Testing

// The rights that the article *Running it* says each command needs, enforced: with exactly these it works, with all others but one of them it names that one.
@Suite(.timeLimit(.minutes(5))) struct RightsTests {
    struct Row: CustomTestStringConvertible {
        // The arguments of each command that the row is about.
        let commands: [[String]]
        let rights: [String]

        var testDescription: String { commands.map { $0.joined(separator: " ") }.joined(separator: ", ") }
    }

    static let rows: [Row] = {
        let article = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().appendingPathComponent("../../Sources/CircuitBreaker/Documentation.docc/RunningIt.md")
        let lines = ((try? String(contentsOf: article, encoding: .utf8)) ?? "").split(separator: "\n").filter { $0.hasPrefix("| `breaker ") }
        return lines.map { line in
            let cells = line.split(separator: "|").map { quoted(in: $0) }
            let words = cells[0].map { $0.split(separator: " ").map(String.init).filter { $0 != "breaker" } }
            let hasIDs = words.contains { $0.last?.hasPrefix("ID") == true }
            let verbs = words.map { words in words.filter { !$0.hasPrefix("ID") } }
            return Row(commands: verbs.map { $0 + (hasIDs ? ["payments"] : []) }, rights: cells[2])
        }
    }()

    private static let all = ["dynamodb:Scan", "dynamodb:GetItem", "dynamodb:UpdateItem"]

    private static func quoted(in text: some StringProtocol) -> [String] {
        text.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }

    @Test func theArticleHasAllCommands() {
        let verbs = Set(Self.rows.flatMap(\.commands).map { $0[0] })
        #expect(verbs == ["list", "show", "history", "watch", "dashboard", "open", "close", "disable", "observe", "lift", "reset"])
        #expect(Self.rows.allSatisfy { !$0.rights.isEmpty && $0.rights.allSatisfy { $0.hasPrefix("dynamodb:") } })
    }

    @Test(arguments: rows) func aCommandNeedsExactlyItsRights(_ row: Row) async throws {
        let (server, table) = (try await Ministack.shared, "t-" + UUID().uuidString)
        try await server.createTable(table)
        for command in row.commands {
            let help = try await BreakerProcess.run(command[0], "--help").output
            for right in row.rights { #expect(help.contains(right), "the help of \(command[0]) lacks \(right)") }
            let arguments = Self.whole(command)
            let allowed = try await server.user(allowedTo: row.rights)
            let item = try await Self.prepare(table, on: server)
            if ["watch", "dashboard"].contains(command[0]) {
                let process = try BreakerProcess(arguments, environment: Self.environment(allowed, table))
                _ = try await poll("it works", 60) { process.output.isEmpty ? nil : true }
                _ = try await process.stop()
            } else {
                let ended = try await BreakerProcess(arguments, environment: Self.environment(allowed, table)).wait(60)
                #expect(ended.status == 0 && ended.error.isEmpty && !ended.output.isEmpty, "\(ended)")
                let changes = row.rights.contains("dynamodb:UpdateItem")
                #expect(try await (server.item("payments", in: table) != item) == changes)
            }
            // A page asks for a circuit and gives an order only when somebody wants that: Tests/DashboardTests has these two.
            for missing in row.rights where command[0] != "dashboard" || missing == "dynamodb:Scan" {
                let item = try await Self.prepare(table, on: server)
                let fewer = try await server.user(allowedTo: Self.all.filter { $0 != missing })
                try await BreakerProcess(arguments, environment: Self.environment(fewer, table)).wait(60).expectOneLine([missing])
                #expect(try await server.item("payments", in: table) == item)
            }
        }
    }

    private static func whole(_ command: [String]) -> [String] {
        switch command[0] {
        case "open", "close", "disable", "observe": command + ["--for", "15m", "--why", "x", "--by", "ann", "--yes"]
        case "lift", "reset": command + ["--by", "ann", "--yes"]
        case "dashboard": command + ["--port", "0"]
        case "watch": command + ["--lines"]
        default: command
        }
    }

    private static func environment(_ user: [String: String], _ table: String) -> [String: String] {
        BreakerProcess.nobody.merging(user) { $1 }.merging(["CIRCUITBREAKER_TABLE": table]) { $1 }
    }

    // An OPEN circuit under an order: each command has something to do.
    private static func prepare(_ table: String, on server: Ministack) async throws -> [String: JSON]? {
        let since = Int64(Date().timeIntervalSince1970 * 1000) - 60_000
        let time: JSON = ["N": .string("\(since)")]
        let order: JSON = ["L": [["S": "OBSERVE"], ["NULL": true], ["S": "bob"], ["S": "a look"]]]
        let item: [String: JSON] = [
            "circuitState": ["S": "OPEN"], "cb_state": ["S": "OPEN"], "cb_epoch": time, "cb_since": time, "cb_next": time, "nextAttempt": time,
            "cb_order": order, "cb_orders": time,
        ]
        try await server.put("payments", item, in: table)
        return try await server.item("payments", in: table)
    }
}
