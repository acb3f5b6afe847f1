//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AsyncHTTPClient
import CircuitBreaker
import CircuitBreakerHTTPClient
import CircuitBreakerTesting
import HTTPGuard
import NIOCore
import NIOHTTP1
import Testing
import TestServers

// What the head of an answer says, or that there is none: in both ways of ending a call.
@Suite(.timeLimit(.minutes(1))) struct HeadTests {
    @Test(arguments: [429, 500, 502, 503, 504], [false, true]) func failuresOpenTheCircuit(status: Int, untilBodyEnds: Bool) async throws {
        try await Bench.run([Array(repeating: .status(status), count: 3)]) { bench, server, request async throws in
            for _ in 0..<2 {
                let response = try await bench.client.execute(request, through: bench.breaker, untilBodyEnds: untilBodyEnds)
                #expect(response.status.code == status)
                #expect(String(buffer: try await response.body.collect(upTo: 10)) == "no")
            }
            let error = await #expect(throws: CircuitBreakerError.self) {
                try await bench.client.execute(request, through: bench.breaker, untilBodyEnds: untilBodyEnds)
            }
            #expect(error?.retryAfter == .seconds(10))
            #expect(server.requests.count == 2)
            #expect(bench.breaker.counts.failed == 2)
            #expect(bench.breaker.counts.rejected == 1)
        }
    }

    @Test(arguments: [false, true]) func retryAfterIsTaken(untilBodyEnds: Bool) async throws {
        try await Bench.run([Array(repeating: .status(503, "Retry-After: 25\r\n"), count: 3)]) { bench, server, request async throws in
            for _ in 0..<2 {
                _ = try await bench.client.execute(request, through: bench.breaker, untilBodyEnds: untilBodyEnds).body.collect(upTo: 10)
            }
            let error = await #expect(throws: CircuitBreakerError.self) { try await bench.client.execute(request, through: bench.breaker) }
            #expect(try #require(error?.retryAfter) >= .seconds(25))
        }
    }

    @Test(arguments: [false, true]) func otherAnswersAreNoFailures(untilBodyEnds: Bool) async throws {
        try await Bench.run([[.ok, .status(301), .status(404), .status(501), .status(505)]]) { bench, server, request async throws in
            for _ in 0..<5 {
                _ = try await bench.client.execute(request, through: bench.breaker, untilBodyEnds: untilBodyEnds).body.collect(upTo: 10)
            }
            let counts = await bench.counts { $0.ended == 5 }
            #expect(counts.succeeded == 3)
            #expect(counts.returnedUnused == 2)
        }
    }

    @Test(arguments: [false, true]) func whatCountsCanBeChosen(untilBodyEnds: Bool) async throws {
        try await Bench.run([[.status(404), .status(500), .status(418)]]) { bench, server, request async throws in
            for _ in 0..<3 {
                _ = try await bench.client.execute(request, through: bench.breaker, untilBodyEnds: untilBodyEnds) { response in
                    switch response.status.code {
                    case 404: .failure()
                    case 500: .ignored
                    default: nil
                    }
                }.body.collect(upTo: 10)
            }
            let counts = await bench.counts { $0.ended == 3 }
            #expect(counts.failed == 1)
            #expect(counts.returnedUnused == 1)
            #expect(counts.succeeded == 1)
        }
    }

    @Test(arguments: [false, true]) func aRefusedConnectionIsAFailure(untilBodyEnds: Bool) async throws {
        try await Bench.run([]) { bench, server, request async throws in
            try await server.stop()
            for _ in 0..<2 {
                await #expect(throws: (any Error).self) {
                    try await bench.client.execute(request, through: bench.breaker, untilBodyEnds: untilBodyEnds)
                }
            }
            #expect(bench.breaker.counts.failed == 2)
            #expect(bench.breaker.view.state == .open)
        }
    }

    @Test(
        arguments: [[ScriptedServer.Step.close(after: "")], [.reset], [.close(after: "HTTP/1.1 200 O")], [.close(after: "no HTTP\r\n\r\n")]],
        [false, true]
    )
    func aServerThatDiesBeforeItAnswers(script: [ScriptedServer.Step], untilBodyEnds: Bool) async throws {
        try await Bench.run([script]) { bench, server, request async throws in
            await #expect(throws: (any Error).self) {
                try await bench.client.execute(request, through: bench.breaker, untilBodyEnds: untilBodyEnds)
            }
            #expect(bench.breaker.counts.failed == 1)
        }
    }

    @Test(arguments: [false, true]) func anAnswerThatWouldStopTheProcess(untilBodyEnds: Bool) async throws {
        try await Bench.run([[.send("HTTP/1.1 099 Low\r\nContent-Length: 2\r\n\r\nno")]]) { bench, server, request async throws in
            await #expect(throws: ImpossibleAnswer.self) {
                try await bench.client.execute(request, through: bench.breaker, untilBodyEnds: untilBodyEnds)
            }
            #expect(bench.breaker.counts.failed == 1)
        }
    }

    @Test(arguments: ["", "no address", "ftp://127.0.0.1/", "http:///path", "http+unix:///path"], [false, true])
    func whatCanBeSentToNobodySaysNothing(url: String, untilBodyEnds: Bool) async throws {
        try await Bench.run([]) { bench, server, request async throws in
            await #expect(throws: HTTPClientError.self) {
                try await bench.client.execute(HTTPClientRequest(url: url), through: bench.breaker, untilBodyEnds: untilBodyEnds)
            }
            var request = request
            request.headers.add(name: "X", value: "a\nb")
            await #expect(throws: HTTPClientError.self) {
                try await bench.client.execute(request, through: bench.breaker, untilBodyEnds: untilBodyEnds)
            }
            #expect(bench.breaker.counts.returnedUnused == 2)
            #expect(bench.breaker.counts.ended == 2)
        }
    }

    @Test(arguments: [false, true]) func aServerThatHangsTimesOut(untilBodyEnds: Bool) async throws {
        try await Bench.run([[.nothing], [.nothing]], timeout: .seconds(3)) { bench, server, request async throws in
            for timeout in [Duration.seconds(1), nil] {
                let start = bench.clock.now
                let call = Task {
                    try await bench.client.execute(request, through: bench.breaker, timeout: timeout, untilBodyEnds: untilBodyEnds)
                }
                await bench.clock.untilSleeping()
                while server.requests.count < bench.breaker.counts.timedOut + 1 { await Task.yield() }
                bench.clock.advance(by: timeout ?? .seconds(3))
                let error = await #expect(throws: CircuitBreakerError.self) { _ = try await call.value }
                #expect(error == .timedOut(after: start.duration(to: bench.clock.now)))
            }
            #expect(bench.breaker.counts.timedOut == 2)
            #expect(bench.breaker.view.state == .open)
        }
    }

    @Test(arguments: [false, true]) func theDeadlineOfTheCallerHolds(untilBodyEnds: Bool) async throws {
        try await Bench.run([[.nothing]]) { bench, server, request async throws in
            let deadline = bench.clock.now.advanced(by: .seconds(4))
            let call = Task {
                try await bench.client.execute(request, through: bench.breaker, deadline: deadline, untilBodyEnds: untilBodyEnds)
            }
            await bench.clock.untilSleeping()
            while server.requests.isEmpty { await Task.yield() }
            bench.clock.advance(by: .milliseconds(3250))
            await #expect(throws: CircuitBreakerError.timedOut(after: .milliseconds(3250))) { _ = try await call.value }
            // There is no time left for another one.
            bench.clock.advance(by: .milliseconds(750))
            await #expect(throws: CircuitBreakerError.timedOut(after: .zero)) {
                try await bench.client.execute(request, through: bench.breaker, deadline: deadline, untilBodyEnds: untilBodyEnds)
            }
            #expect(server.requests.count == 1)
        }
    }

    @Test(arguments: [false, true]) func aCallerThatIsCancelledSaysNothing(untilBodyEnds: Bool) async throws {
        try await Bench.run([[.nothing]]) { bench, server, request async throws in
            let call = Task { try await bench.client.execute(request, through: bench.breaker, untilBodyEnds: untilBodyEnds) }
            while server.requests.isEmpty { await Task.yield() }
            call.cancel()
            await #expect(throws: (any Error).self) { try await call.value }
            let counts = await bench.counts { $0.ended == 1 }
            #expect(counts.returnedUnused == 1)
            #expect(counts.forgottenPermits == 0)
        }
    }

    @Test(arguments: [false, true]) func aClientThatIsShutDownSaysNothing(untilBodyEnds: Bool) async throws {
        try await Bench.run([[.nothing]]) { bench, server, request async throws in
            let client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: .forCircuits())
            let call = Task { try await client.execute(request, through: bench.breaker, untilBodyEnds: untilBodyEnds) }
            while server.requests.isEmpty { await Task.yield() }
            try await client.shutdown()
            await #expect(throws: HTTPClientError.cancelled) { try await call.value }
            await #expect(throws: HTTPClientError.alreadyShutdown) {
                try await client.execute(request, through: bench.breaker, untilBodyEnds: untilBodyEnds)
            }
            #expect(bench.breaker.counts.returnedUnused == 2)
            #expect(bench.breaker.counts.ended == 2)
        }
    }

    @Test(arguments: [false, true]) func oneProbeThatIsWellClosesTheCircuit(untilBodyEnds: Bool) async throws {
        try await Bench.run([[.status(500), .status(500), .ok, .ok]]) { bench, server, request async throws in
            for _ in 0..<2 {
                _ = try await bench.client.execute(request, through: bench.breaker, untilBodyEnds: untilBodyEnds).body.collect(upTo: 10)
            }
            bench.clock.advance(by: .seconds(10))
            for _ in 0..<2 {
                let response = try await bench.client.execute(request, through: bench.breaker, untilBodyEnds: untilBodyEnds)
                #expect(String(buffer: try await response.body.collect(upTo: 10)) == "ok")
            }
            #expect(bench.breaker.view.state == .closed)
            #expect(bench.breaker.counts.probes == 1)
        }
    }
}
