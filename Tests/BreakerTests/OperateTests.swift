//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import Foundation
import MinistackSupport
import NIOHTTP1
import Testing

// The built program on a real table, as a user who has exactly the documented rights.
@Suite(.timeLimit(.minutes(5))) struct OperateTests {
    private struct Stage {
        let server: Ministack
        let table: String
        let variables: [String: String]

        init(rights: [String]) async throws {
            server = try await Ministack.shared
            table = "t-" + UUID().uuidString
            try await server.createTable(table)
            variables = BreakerProcess.nobody.merging(try await server.user(allowedTo: rights.map { "dynamodb:\($0)" })) { $1 }
        }

        func run(_ arguments: String...) async throws -> BreakerProcess.Ended {
            try await BreakerProcess(arguments, environment: variables.merging(["CIRCUITBREAKER_TABLE": table]) { $1 }).wait()
        }

        // As the library leaves it, but for what a test is not about.
        func put(_ id: String, _ state: String, reason: String? = nil, extra: [String: JSON] = [:]) async throws {
            let since = Int64(Date().timeIntervalSince1970 * 1000) - 60_000
            var item: [String: JSON] = [
                "circuitState": ["S": .string(state)], "cb_state": ["S": .string(state)], "cb_epoch": ["N": .string("\(since)")],
                "cb_since": ["N": .string("\(since)")], "cb_next": ["N": .string("\(since + 600_000)")],
                "nextAttempt": ["N": .string("\(since + 600_000)")],
            ]
            item.merge(extra) { $1 }
            try await server.put(id, item, in: table)
        }

        func items() async throws -> JSON {
            try await server.call("Scan", ["TableName": .string(table), "ConsistentRead": true])["Items"] ?? .null
        }
    }

    @Test func listsTheWorstFirstOverPages() async throws {
        let stage = try await Stage(rights: ["Scan"])
        for number in 0..<230 { try await stage.put("c\(number)", number == 117 ? "OPEN" : number == 118 ? "HALF-OPEN" : "CLOSED") }
        try await stage.server.put("other", ["name": ["S": "x"]], in: stage.table)
        let listed = try await stage.run("list")
        let lines = listed.output.split(separator: "\n")
        #expect(listed.status == 0 && lines.count == 231, "\(listed)")
        #expect(lines.dropFirst().prefix(2).map { $0.prefix(4) } == ["c117", "c118"])
        #expect(listed.error == "breaker: left out 1 items that are no circuits\n")
        let open = try JSON(parsing: Array(try await stage.run("list", "--state", "open", "--json").output.utf8))
        #expect(open["circuits"]?.array?.map { $0["id"]?.string } == ["c117"])
        #expect(open["otherItems"]?.integer == 1)
    }

    @Test(arguments: [("CLOSED", 0), ("OPEN", 3), ("HALF-OPEN", 4)] as [(String, Int32)])
    func statusTellsTheState(state: String, status: Int32) async throws {
        let stage = try await Stage(rights: ["GetItem"])
        try await stage.put("payments", state)
        let ended = try await stage.run("show", "payments", "--status")
        #expect(ended.status == status && ended.output.isEmpty && ended.error.isEmpty, "\(ended)")
        let shown = try await stage.run("show", "payments")
        #expect(shown.status == 0 && shown.output.hasPrefix("payments is \(state) since "), "\(shown)")
        #expect(shown.output.contains("\nnext: "))
    }

    @Test func anOrderIsGivenShownAndLifted() async throws {
        let stage = try await Stage(rights: ["GetItem", "UpdateItem"])
        try await stage.put("payments", "CLOSED")
        let given = try await stage.run("open", "payments", "--for", "15m", "--by", "ann", "--why", "asked to \u{1B}[31mstop")
        #expect(given.status == 0 && given.output == "payments: FORCE-OPEN for 15 min\n" && given.error.isEmpty, "\(given)")
        let shown = try await stage.run("show", "payments")
        #expect(
            shown.output.contains("order in force: FORCE-OPEN until ") && shown.output.contains(", by ann: asked to \\u001b[31mstop\n"),
            "\(shown)"
        )
        #expect(!shown.output.contains("\u{1B}"))
        #expect(try await stage.run("show", "payments", "--status").status == 3)
        let lifted = try await stage.run("lift", "payments", "--by", "bob", "--why", "over")
        #expect(lifted.status == 0, "\(lifted)")
        let history = try await stage.run("history", "payments")
        let lines = history.output.split(separator: "\n")
        #expect(lines.count == 2 && lines[0].contains("FORCE-OPEN") && lines[1].hasSuffix("order lifted  by bob: over"), "\(history)")
        #expect(!history.output.contains("\u{1B}"))
        let after = try JSON(parsing: Array(try await stage.run("show", "payments", "--json").output.utf8))
        #expect(after["order"] == .null && after["state"]?.string == "CLOSED")
    }

    // No right is needed for it.
    @Test func anOrderIsSignedWithTheCallersIdentity() async throws {
        let stage = try await Stage(rights: ["GetItem", "UpdateItem"])
        try await stage.put("payments", "CLOSED")
        let order = ["open", "payments", "--for", "15m", "--why", "x"]
        func by(_ variables: [String: String], _ more: [String] = []) async throws -> String {
            let environment = stage.variables.merging(["CIRCUITBREAKER_TABLE": stage.table, "USER": "me"]) { $1 }.merging(variables) { $1 }
            let ended = try await BreakerProcess(order + more, environment: environment).wait()
            #expect(ended.status == 0 && ended.error.isEmpty, "\(ended)")
            let shown = try JSON(parsing: Array(try await stage.run("show", "payments", "--json").output.utf8))
            return shown["order"]?["by"]?.string ?? ""
        }
        #expect(try await by(["AWS_ENDPOINT_URL_STS": stage.server.url]).hasPrefix("arn:aws:iam::000000000000:user/u"))
        #expect(try await by(["AWS_ENDPOINT_URL_STS": stage.server.url], ["--by", "ann"]) == "ann")
        #expect(try await by([:]).hasPrefix("me@"))
        let silent = try await SilentServer()
        let start = ContinuousClock.now
        #expect(try await by(["AWS_ENDPOINT_URL_STS": "http://127.0.0.1:\(silent.port)"]).hasPrefix("me@"))
        #expect(ContinuousClock.now - start < .seconds(15))
        try await silent.close()
    }

    @Test func resetClosesAndAnEditBySomebodyElseShowsInTheHistory() async throws {
        let stage = try await Stage(rights: ["GetItem", "UpdateItem"])
        try await stage.put("payments", "OPEN")
        let asked = try await stage.run("reset", "payments")
        expectOneLine(asked, ["--yes", "nothing was changed"], status: 2)
        #expect(try await stage.run("show", "payments", "--status").status == 3)
        #expect(try await stage.run("reset", "payments", "--yes", "--by", "ann", "--why", "fixed").status == 0)
        #expect(try await stage.run("show", "payments", "--status").status == 0)
        let edit: JSON = [
            "TableName": .string(stage.table), "Key": ["id": ["S": "payments"]], "UpdateExpression": "SET circuitState = :s",
            "ExpressionAttributeValues": [":s": ["S": "OPEN"]],
        ]
        _ = try await stage.server.call("UpdateItem", edit)
        let edited = try await stage.run("show", "payments")
        #expect(edited.output.hasPrefix("payments is OPEN") && edited.output.contains("set by somebody else"), "\(edited)")
        #expect(try await stage.run("reset", "payments", "--yes").status == 0)
        let history = try await stage.run("history", "payments")
        let lines = history.output.split(separator: "\n")
        #expect(lines.count == 3, "\(history)")
        #expect(lines.first?.contains("OPEN -> CLOSED") == true && lines.first?.contains("ordered by ann: fixed") == true)
        #expect(lines.dropFirst().first?.contains("CLOSED -> OPEN") == true && lines.dropFirst().first?.contains("set by somebody else") == true)
    }

    @Test func manyCircuitsNeedAWordAndADryRunChangesNothing() async throws {
        let stage = try await Stage(rights: ["GetItem", "UpdateItem"])
        for id in ["a", "b"] { try await stage.put(id, "CLOSED") }
        let before = try await stage.items()
        let dry = try await stage.run("disable", "a", "b", "--forever", "--why", "test", "--dry-run")
        #expect(dry.status == 0 && dry.output == "would order DISABLED until it is lifted:\na (CLOSED)\nb (CLOSED)\n", "\(dry)")
        expectOneLine(try await stage.run("disable", "a", "b", "--forever", "--why", "test"), ["--yes"], status: 2)
        #expect(try await stage.items() == before)
        let done = try await stage.run("disable", "a", "b", "a", "--forever", "--why", "test", "--yes")
        #expect(done.status == 0 && done.output.split(separator: "\n").count == 2, "\(done)")
        let created = try await stage.run("observe", "new", "--for", "1h", "--why", "test", "--create", "--json")
        #expect(created.status == 0 && created.output.contains("OBSERVE"), "\(created)")
    }

    @Test func badInputIsOneLineAndChangesNothing() async throws {
        let stage = try await Stage(rights: ["GetItem", "UpdateItem", "Scan"])
        try await stage.put("payments", "CLOSED")
        let before = try await stage.items()
        let terms = ["--for", "15m", "--why", "x", "--yes"]
        let long = String(repeating: "w", count: 10_000)
        let table: [([String], [String], Int32)] = [
            (["show", "paymets"], ["no circuit 'paymets'", stage.table], 1), (["history", "paymets"], ["no circuit 'paymets'"], 1),
            (["open", "payments", "paymets"] + terms, ["'paymets'", "nothing was changed"], 1), (["lift", "paymets"], ["'paymets'"], 1),
            (["reset", "paymets"], ["'paymets'"], 1), (["show", "pay*"], ["pay*"], 2), (["open", "pay*"] + terms, ["pay*"], 2),
            (["open", "a'b\"c\u{1B}[31m"] + terms, ["A-Z"], 2), (["open", "payments", "--for", "-5m", "--why", "x"], ["-5m"], 2),
            (["open", "payments", "--why", "x"], ["--for", "--forever"], 2), (["open", "payments", "--for", "15m"], ["--why"], 2),
            (["open", "payments", "--for", "15m", "--forever", "--why", "x"], ["not both"], 2),
            (["open", "payments", "--for", "15m", "--why", long], ["256", "10000"], 2), (["reset", "payments", "--why", long], ["256"], 2),
            (["open", "payments", "--by", long] + terms, ["256"], 2), (["list", "--state", "ajar"], ["ajar"], 2),
            (["show", "payments", "--table", "no-such-table"], ["no table 'no-such-table'"], 1),
            (["list", "--table", "no-such-table"], ["no table 'no-such-table'"], 1),
        ]
        for (arguments, words, status) in table {
            let ended = try await BreakerProcess(arguments, environment: stage.variables.merging(["CIRCUITBREAKER_TABLE": stage.table]) { $1 }).wait()
            expectOneLine(ended, words, status: status)
        }
        #expect(try await stage.items() == before)
    }

    @Test func anotherApplicationsTableIsSaidToBeOne() async throws {
        let stage = try await Stage(rights: ["GetItem", "UpdateItem", "Scan"])
        try await stage.server.put("payments", ["name": ["S": "x"]], in: stage.table)
        let before = try await stage.items()
        expectOneLine(try await stage.run("list"), ["no circuits in the table '\(stage.table)'", "another application"])
        expectOneLine(try await stage.run("open", "payments", "--for", "1m", "--why", "x", "--create"), ["neither a circuit of this library"])
        #expect(try await stage.items() == before)
        let other = "t-" + UUID().uuidString
        try await stage.server.createTable(other, key: "pk")
        _ = try await stage.server.call("PutItem", ["TableName": .string(other), "Item": ["pk": ["S": "x"]]])
        expectOneLine(try await stage.run("list", "--table", other), ["no circuits in the table"])
        expectOneLine(try await stage.run("show", "payments", "--table", other), ["partition key 'id'"])
    }

    @Test func aCircuitWhoseTimeIsOverIsNoneAndATableOfThemNotForeign() async throws {
        let stage = try await Stage(rights: ["Scan", "GetItem"])
        try await stage.put("old", "OPEN", extra: ["expiresAt": ["N": "1"]])
        try await stage.server.put("other", ["name": ["S": "x"]], in: stage.table)
        let listed = try await stage.run("list")
        #expect(listed.status == 0 && listed.output == "no circuits\n", "\(listed)")
        expectOneLine(try await stage.run("show", "old"), ["no circuit 'old'"])
    }

    @Test func liftingAsksNothingOfOneCircuit() async throws {
        let stage = try await Stage(rights: ["GetItem", "UpdateItem"])
        try await stage.put("payments", "OPEN")
        #expect(try await stage.run("lift", "payments").status == 0)
        expectOneLine(try await stage.run("close", "payments", "--for", "1m", "--why", "x"), ["--yes"], status: 2)
        #expect(try await stage.run("open", "payments", "--for", "1m", "--why", "x").status == 0)
    }

    @Test(arguments: ["list", "show", "open"]) func expiredCredentials(command: String) async throws {
        let stage = try await Stage(rights: ["GetItem", "UpdateItem", "Scan"])
        let proxy = try await FaultProxy(stage.server.url)
        proxy.inject(.answer(.badRequest, #"{"__type":"com.amazon.coral.service#ExpiredTokenException","message":"The security token is expired"}"#))
        let variables = stage.variables.merging(["CIRCUITBREAKER_TABLE": stage.table, "AWS_ENDPOINT_URL_DYNAMODB": proxy.url]) { $1 }
        let arguments = command == "list" ? [] : command == "show" ? ["payments"] : ["payments", "--for", "1m", "--why", "x", "--create"]
        expectOneLine(try await BreakerProcess([command] + arguments, environment: variables).wait(), ["expired", "check the credentials"])
        try await proxy.stop()
        #expect(try await stage.items().array?.isEmpty == true)
    }

    private func expectOneLine(_ ended: BreakerProcess.Ended, _ words: [String], status: Int32 = 1) {
        ended.expectOneLine(words, status: status)
    }
}
