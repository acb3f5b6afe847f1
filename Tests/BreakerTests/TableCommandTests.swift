//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import MinistackSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct TableCommandTests {
    private static let actions = ["CreateTable", "DescribeTable", "UpdateTimeToLive", "DescribeTimeToLive"].map { "dynamodb:\($0)" }

    @Test func makesTheTableOnce() async throws {
        let server = try await Ministack.shared
        let variables = BreakerProcess.nobody.merging(try await server.user(allowedTo: Self.actions)) { $1 }
        let made = try await BreakerProcess.run("table", "create", "--table", "made", environment: variables)
        let expected = "table made in eu-west-1, ACTIVE, key id (S), on demand, TTL on expiresAt\n"
        #expect(made.status == 0 && made.output == "made: " + expected, "\(made)")
        let again = try await BreakerProcess.run("table", "create", environment: variables.merging(["CIRCUITBREAKER_TABLE": "made"]) { $1 })
        #expect(again.status == 0 && again.output == "there already: " + expected, "\(again)")
        let described = try await BreakerProcess.run("table", "describe", "--table", "made", environment: variables)
        #expect(described.status == 0 && described.output == expected, "\(described)")
        #expect(try await server.item("x", in: "made") == nil)
    }

    @Test func tellsWhatIsWrong() async throws {
        let server = try await Ministack.shared
        let variables = BreakerProcess.nobody.merging(try await server.user(allowedTo: Self.actions)) { $1 }
        try await server.createTable("other-key", key: "pk")
        try await server.createTable("two-keys", sortKey: "sk")
        try await server.createTable("no-ttl")
        for (name, words) in [("missing", ["no table 'missing'", "eu-west-1"]), ("other-key", ["pk (S)"]), ("two-keys", ["sk (S)"])] {
            expectOneLine(try await BreakerProcess.run("table", "describe", "--table", name, environment: variables), words)
        }
        for name in ["other-key", "two-keys"] {
            expectOneLine(try await BreakerProcess.run("table", "create", "--table", name, environment: variables), ["id (S)"])
        }
        expectOneLine(try await BreakerProcess.run("table", "describe", "--table", "no-ttl", environment: variables), ["TTL", "is off"])
        let fixed = try await BreakerProcess.run("table", "create", "--table", "no-ttl", environment: variables)
        #expect(fixed.status == 0 && fixed.output.contains("TTL on expiresAt"), "\(fixed)")
    }

    @Test(arguments: [
        ([:], ["no credentials", "AWS_ACCESS_KEY_ID"]), (["AWS_REGION": ""], ["AWS_REGION"]),
        (["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_ENDPOINT_URL": "http://127.0.0.1:1"], ["127.0.0.1:1"]),
    ])
    func cannotWork(changes: [String: String], words: [String]) async throws {
        for command in ["create", "describe"] {
            let variables = BreakerProcess.nobody.merging(changes) { $1 }
            expectOneLine(try await BreakerProcess.run("table", command, "--table", "circuits", environment: variables), words)
        }
    }

    @Test func accessIsDenied() async throws {
        let user = try await Ministack.shared.user(allowedTo: ["dynamodb:GetItem"])
        let ended = try await BreakerProcess.run("table", "create", "--table", "denied", environment: BreakerProcess.nobody.merging(user) { $1 })
        expectOneLine(ended, ["dynamodb:DescribeTable"])
    }

    @Test(arguments: [["create"], ["create", "--table"], ["create", "--table", "a b"], ["describe", "--table", "x"], ["delete"], ["create", "x"]])
    func badUsageIsStatus2(arguments: [String]) async throws {
        let ended = try await BreakerProcess(["table"] + arguments, environment: BreakerProcess.nobody).wait()
        expectOneLine(ended, [], status: 2)
    }

    private func expectOneLine(_ ended: BreakerProcess.Ended, _ words: [String], status: Int32 = 1) {
        let lines = ended.error.split(separator: "\n")
        #expect(lines.count == 1 || (status == 2 && lines.count == 2 && lines[1].hasPrefix("See breaker ")), "\(ended.error)")
        #expect(lines.first?.hasPrefix("breaker: ") == true)
        for word in words { #expect(ended.error.contains(word), "\(ended.error)") }
        #expect(ended.output.isEmpty && ended.status == status, "\(ended)")
    }
}
