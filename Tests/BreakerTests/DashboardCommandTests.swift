//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker
import Testing
import UnreliableService

@testable import breaker

@Suite struct DashboardCommandTests {
    private func command(_ name: String, _ body: String) throws -> DashboardCommand {
        try DashboardCommand(name, body: Array(body.utf8))
    }

    @Test func commandsAreRead() throws {
        #expect(try command("load", #"{"callsPerSecond":500}"#) == .load(callsPerSecond: 500))
        #expect(try command("burst", #"{"calls":40}"#) == .burst(calls: 40))
        #expect(
            try command("order", #"{"kind":"FORCE-OPEN","seconds":30,"why":"work"}"#) == .order(.forceOpen, seconds: 30, why: "work")
        )
        #expect(try command("order", #"{"kind":"OBSERVE","seconds":null}"#) == .order(.observe, seconds: nil, why: ""))
        #expect(
            try command("downstream", #"{"mode":"dead"}"#) == .downstream(mode: .dead, successPercent: nil, latencyMilliseconds: nil)
        )
        #expect(try command("lift", "{}") == .lift)
        #expect(try command("reset", #"{"why":"well"}"#) == .reset(why: "well"))
    }

    @Test(arguments: [
        ("load", #"{"callsPerSecond":-1}"#, "callsPerSecond is -1, but must be a whole number from 0 to 1000"),
        ("load", #"{"callsPerSecond":1e3}"#, "callsPerSecond is 1e3, but must be a whole number from 0 to 1000"),
        ("load", #"{"callsPerSecond":99999999999999999999}"#, "callsPerSecond is 99999999999999999999, but must be a whole number from 0 to 1000"),
        ("burst", "{}", "calls is missing, but must be a whole number from 1 to 500"),
        ("burst", #"{"calls":1,"extra":1}"#, "extra is not a field here"),
        ("order", #"{"kind":"OPEN"}"#, #"kind is "OPEN", but must be one of "FORCE-OPEN", "FORCE-CLOSED", "DISABLED", "OBSERVE""#),
        (
            "reset", #"{"why":"\u0000"}"#,
            #"why is "\u0000", but must be a text of at most 256 bytes of UTF-8, on one line and without control characters"#
        ),
        ("downstream", "{}", "the body is {}, but must have mode, successPercent or latencyMilliseconds"),
        ("lift", "[]", "the body is [], but must be a JSON object"),
        ("lift", "", "the body is not JSON: unexpected end at byte 0"),
    ])
    func refusalsNameTheFieldTheValueAndWhatIsAllowed(_ name: String, _ body: String, _ message: String) {
        let refusal = #expect(throws: Refusal.self) { try command(name, body) }
        #expect(refusal?.status == 400)
        if body.isEmpty {
            #expect(refusal?.message.hasPrefix("the body is not JSON: ") == true)
        } else {
            #expect(refusal?.message == message)
        }
    }

    @Test(arguments: [
        "\u{7F}", "\u{9B}2J", "\u{2028}", "\u{202E}x", "\u{2066}x", String(repeating: "a", count: 257),
        "e" + String(repeating: "\u{301}", count: 256),
    ])
    func whyIsShortAndHasNothingThatControlsATerminal(_ why: String) {
        let body = JSON.object(["kind": "FORCE-OPEN", "why": .string(why)])
        let refusal = #expect(throws: Refusal.self) { try DashboardCommand("order", body: body.bytes) }
        #expect(refusal?.status == 400)
        #expect(refusal?.message.hasPrefix("why is ") == true)
    }

    @Test func whyMayBe256BytesLong() throws {
        let why = String(repeating: "ä", count: 128)
        #expect(try command("order", #"{"kind":"OBSERVE","why":"\#(why)"}"#) == .order(.observe, seconds: nil, why: why))
    }

    @Test func unknownCommandsAreNotFound() {
        #expect(throws: Refusal(status: 404, message: "there is no /dashboard/x; there are downstream, load, burst, order, lift, reset")) {
            try command("x", "{}")
        }
    }
}
