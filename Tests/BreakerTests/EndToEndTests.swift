//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOPosix
import Testing

@Suite(.serialized, .timeLimit(.minutes(3))) struct EndToEndTests {
    @Test func logTellsOpenHalfClosed() async throws {
        let process = try BreakerProcess(["local", "--port", "0", "--timeout", "300ms", "--max-timeout", "300ms"])
        let address = try await process.address()
        let client = LoadClient()
        let seen = try await poll("the circuit has closed again") { () -> [String: Int]? in
            _ = try await client.get(address)
            return process.output.contains("state: CLOSED") ? await client.answers : nil
        }
        #expect(seen["Success", default: 0] > 0)
        #expect(seen["Fallback", default: 0] > 0)
        let ended = try await process.stop()
        await client.close()
        let states = ended.output.split(separator: "\n").filter { $0.contains("CircuitBreaker state: ") }
        let words = states.compactMap { line in ["OPEN", "HALF", "CLOSED"].first { line.contains("state: \($0) ") } }
        #expect(words.prefix(2) == ["OPEN", "HALF"])
        #expect(words.contains("CLOSED"))
        #expect(ended.output.contains("Expensive Fallback Successful"))
        #expect(ended.status == 0)
        #expect(ended.error.isEmpty)
    }

    @Test func twoHundredClientsAreAllAnsweredAndTheCountsAgree() async throws {
        let process = try BreakerProcess([
            "local", "--port", "0", "--timeout", "200ms", "--max-timeout", "200ms", "--latency", "2ms", "--quiet", "--idle-recycle", "500ms",
        ])
        let address = try await process.address()
        let client = LoadClient()
        let end = ContinuousClock.now.advanced(by: .seconds(3))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<200 {
                group.addTask { while ContinuousClock.now < end { _ = try await client.get(address) } }
            }
            try await group.waitForAll()
        }
        let counts = try await client.counts(address)
        let answers = await client.answers
        await client.close()
        let ended = try await process.stop()

        #expect(counts.answers["success"] == answers["Success"])
        #expect(counts.fallbacks == answers["Fallback"])
        #expect(answers.keys.sorted() == ["Fallback", "Success"])
        #expect(counts.throttled == 0)
        #expect(counts.outcomes["succeeded"] == counts.answers["success"])
        for kind in ["failed", "timedOut", "rejected"] { #expect(counts.outcomes[kind] == counts.answers[kind]) }
        #expect(counts.outcomes["returnedUnused"] == counts.answers["unused"])
        let reported = ["succeeded", "failed", "timedOut", "rejected", "returnedUnused"].reduce(0) { $0 + counts.outcomes[$1, default: 0] }
        #expect(reported == answers.values.reduce(0, +))
        #expect(counts.environments["mostAtOnce", default: 0] > 1)
        #expect(ended.output.split(separator: "\n").last?.hasPrefix("answered \(reported): ") == true)
    }

    @Test func moreThanTheMostEnvironmentsIs503() async throws {
        let process = try BreakerProcess(["local", "--port", "0", "--environments", "1", "--latency", "2s", "--success-probability", "1"])
        let address = try await process.address()
        let client = LoadClient()
        async let first = client.get(address)
        _ = try await poll("the environment is busy") { try await client.counts(address).environments["busy"] == 1 ? true : nil }
        #expect(try await client.get(address) == 503)
        #expect(try await first == 200)
        #expect(await client.answers == ["Service Unavailable": 1, "Success": 1])
        await client.close()
        #expect(try await process.stop().status == 0)
    }

    @Test func anyMethodAndPathIsAnswered() async throws {
        let process = try BreakerProcess(["local", "--port", "0", "--success-probability", "1"])
        let address = try await process.address()
        let client = LoadClient()
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE"] {
            #expect(try await client.get(address + "/a/b%20c?d=e", method: method) == 200, "\(method)")
        }
        #expect(try await client.counts(address).outcomes["succeeded"] == 8)
        await client.close()
        #expect(try await process.stop().status == 0)
    }

    @Test func upstreamIsKilledAndStartedAgain() async throws {
        let port = try await freePort()
        let process = try BreakerProcess([
            "local", "--port", "0", "--timeout", "200ms", "--max-timeout", "200ms", "--upstream-url", "http://127.0.0.1:\(port)",
        ])
        let address = try await process.address()
        #expect(try await poll("the warning") { process.output.contains("nobody answers at http://127.0.0.1:\(port) yet") ? true : nil })
        let client = LoadClient()

        var upstream = try PythonServer(port: port)
        try await until(client, address, "passes on", from: "upstream")
        #expect(try await client.get(address + "/missing") == 404)
        upstream.kill()
        let before = await client.answers
        for _ in 0..<20 { #expect(try await client.get(address + "/page.txt") == 200) }
        #expect(await client.answers["Fallback", default: 0] == before["Fallback", default: 0] + 20)
        #expect(process.output.contains("state: OPEN"))

        upstream = try PythonServer(port: port)
        try await until(client, address, "recovers", from: "upstream")
        let counts = try await client.counts(address)
        let answered = await client.answers.values.reduce(0, +)
        // Each was answered: none lost, none answered by an error.
        #expect(counts.answers.values.reduce(0, +) == answered)
        upstream.kill()
        await client.close()
        #expect(try await process.stop().status == 0)
    }

    private func until(_ client: LoadClient, _ address: String, _ what: String, from word: String) async throws {
        _ = try await poll("it \(what)") { () -> Bool? in
            let before = await client.answers[word, default: 0]
            _ = try await client.get(address + "/page.txt")
            return await client.answers[word, default: 0] > before ? true : nil
        }
    }

    private func freePort() async throws -> Int {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(channel.localAddress?.port)
        try await channel.close()
        return port
    }
}
