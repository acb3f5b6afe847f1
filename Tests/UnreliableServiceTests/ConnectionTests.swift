//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerTesting
import Testing
import TestServers
import UnreliableService

// Answers and connections that are not as they should be.
@Suite(.timeLimit(.minutes(1))) struct ConnectionTests {
    private func with(_ scripts: [[ScriptedServer.Step]], _ body: (ScriptedServer, Bench) async throws -> Void) async throws {
        let server = ScriptedServer(scripts)
        let url = try UpstreamURL("http://127.0.0.1:\(try await server.start())")
        let upstream = UpstreamDependency(url, connectTimeout: .seconds(60))
        let bench = try Bench { _ in upstream }
        let result: Result<Void, any Error>
        do { result = .success(try await body(server, bench)) } catch { result = .failure(error) }
        await upstream.close()
        try await server.stop()
        try result.get()
    }

    static let ends: [ScriptedServer.Step] = [.close(after: ""), .reset]

    @Test(arguments: ends, ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
    func aKeptConnectionThatIsDeadIsNoFailure(end: ScriptedServer.Step, method: String) async throws {
        let empty = ScriptedServer.Step.send("HTTP/1.1 204 No Content\r\n\r\n")
        try await with([[empty, end], [empty]]) { server, bench in
            #expect(await bench.answer(method: method, body: method == "PUT" ? "one." : "").outcome == .success)
            #expect(await bench.answer(method: method, body: method == "PUT" ? "two." : "").outcome == .success)
            try #require(server.requests.count == 3)
            #expect(server.requests[1] == server.requests[2].replacing("connection: close\r\n", with: ""))
            #expect(bench.breaker.counts.succeeded == 2)
        }
    }

    @Test(arguments: ends, ["POST", "PATCH"]) func whatMayNotBeSentTwiceIsNot(end: ScriptedServer.Step, method: String) async throws {
        try await with([[.ok, end], [.ok]]) { server, bench in
            #expect(await bench.answer(method: method, body: "one.").outcome == .success)
            let response = await bench.answer(method: method, body: "two.")
            #expect(response.outcome == .unused, "\(response.headers)")
            #expect(server.requests.count == 2)
            #expect(bench.breaker.counts.failed == 0)
        }
    }

    @Test func aHangOnAKeptConnectionIsCutAndNotTriedAgain() async throws {
        try await with([[.ok, .nothing], [.ok]]) { server, bench in
            #expect(await bench.answer().outcome == .success)
            async let hang = bench.answer()
            await bench.clock.untilSleeping()
            bench.clock.advance(by: .seconds(3))
            #expect(await hang.outcome == .timedOut)
            #expect(await bench.answer().outcome == .success)
            #expect(server.requests.count <= 3)
            #expect(bench.breaker.counts.timedOut == 1)
        }
    }

    @Test(arguments: ends) func aNewConnectionThatIsClosedIsAFailure(end: ScriptedServer.Step) async throws {
        try await with([[end]]) { server, bench in
            #expect(await bench.answer().outcome == .failed)
            #expect(server.requests.count == 1)
        }
    }

    @Test(arguments: ends) func theSecondTryIsTheLast(end: ScriptedServer.Step) async throws {
        try await with([[.ok, end], [end], [.ok]]) { server, bench in
            #expect(await bench.answer().outcome == .success)
            #expect(await bench.answer().outcome == .failed)
            #expect(server.requests.count == 3)
        }
    }

    @Test(arguments: ["H", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok"])
    func aBrokenAnswerIsAFailure(answer: String) async throws {
        try await with([[.ok, .close(after: answer)], [.ok]]) { server, bench in
            #expect(await bench.answer().outcome == .success)
            #expect(await bench.answer().outcome == .failed)
            #expect(server.requests.count == 2)
        }
    }

    @Test(arguments: [
        "HTTP/1.1 099 Odd\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 000 Odd\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\n\r\nrubbish",
        "HTTP/1.1 600 Odd\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "rubbish\r\n\r\n",
    ])
    func answersThatNoServerMayGiveOpenTheCircuit(answer: String) async throws {
        try await with(Array(repeating: [.send(answer)], count: 3)) { server, bench in
            for _ in 0..<3 { #expect(await bench.answer().outcome == .failed) }
            #expect(bench.breaker.view.state == .open)
            #expect(server.requests.count == 3)
        }
    }

    @Test func aQueryIsNoSecondRequest() async throws {
        try await with([[.ok], [.ok]]) { server, bench in
            _ = await bench.service.handle(ServiceRequest(path: "/a", query: "b HTTP/1.1\r\nX: y\r\n\r\nDELETE /c"))
            #expect(server.requests.allSatisfy { $0.hasPrefix("GET /a?b%20HTTP") && !$0.contains("\r\nX: y") }, "\(server.requests)")
        }
    }
}
