//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AsyncHTTPClient
import CircuitBreaker
import CircuitBreakerHTTPClient
import CircuitBreakerTesting
import Hummingbird
import NIOCore
import Testing
import TestServers

// What becomes of a body after a head that is well.
@Suite(.timeLimit(.minutes(1))) struct BodyTests {
    @Test(arguments: [false, true], [false, true]) func aServerThatDiesInTheMiddle(byReset: Bool, untilBodyEnds: Bool) async throws {
        try await Bench.run([[byReset ? .send(ScriptedServer.Step.part) : .close(after: ScriptedServer.Step.part)]]) {
            bench,
            server,
            request async throws in
            let response = try await bench.client.execute(request, through: bench.breaker, untilBodyEnds: untilBodyEnds)
            if byReset { server.reset() }
            await #expect(throws: (any Error).self) { try await response.body.collect(upTo: 100) }
            let counts = await bench.counts { $0.ended == 1 }
            #expect(counts.failed == (untilBodyEnds ? 1 : 0))
            #expect(counts.succeeded == (untilBodyEnds ? 0 : 1))
        }
    }

    // A server whose answer goes on when the gate is opened.
    private func withStream(timeout: Duration? = nil, _ body: @escaping @Sendable (Bench, Gate, HTTPClientRequest) async throws -> Void) async throws
    {
        let gate = Gate()
        let responder = CallbackResponder<BasicRequestContext> { _, _ in
            Response(
                status: .ok,
                body: ResponseBody { writer in
                    try await writer.write(ByteBuffer(string: "one "))
                    await gate.pass()
                    try await writer.write(ByteBuffer(string: "two"))
                    try await writer.finish(nil)
                }
            )
        }
        try await TestServer.run(responder) { port in
            let bench = try Bench(timeout: timeout)
            let result: Result<Void, any Error>
            do {
                result = .success(try await body(bench, gate, HTTPClientRequest(url: "http://127.0.0.1:\(port)/")))
            } catch {
                result = .failure(error)
            }
            gate.open()
            try await bench.client.shutdown()
            try result.get()
        }
    }

    @Test func aWholeBodyCountsWhenItEnds() async throws {
        try await withStream { bench, gate, request async throws in
            let response = try await bench.client.execute(request, through: bench.breaker, untilBodyEnds: true)
            var body = ""
            for try await chunk in response.body {
                if body.isEmpty { #expect(bench.breaker.counts.ended == 0) }
                body += String(buffer: chunk)
                gate.open()
            }
            #expect(body == "one two")
            #expect(bench.breaker.counts.succeeded == 1)
        }
    }

    @Test func otherwiseTheHeadCounts() async throws {
        try await withStream { bench, gate, request async throws in
            let response = try await bench.client.execute(request, through: bench.breaker)
            #expect(bench.breaker.counts.succeeded == 1)
            gate.open()
            #expect(String(buffer: try await response.body.collect(upTo: 100)) == "one two")
            #expect(bench.breaker.counts.ended == 1)
        }
    }

    @Test func aBodyThatNobodyReadsHasEndedWell() async throws {
        try await withStream { bench, gate, request async throws in
            _ = try await bench.client.execute(request, through: bench.breaker, untilBodyEnds: true)
            let counts = await bench.counts { $0.ended == 1 }
            #expect(counts.succeeded == 1)
            #expect(counts.forgottenPermits == 0)
        }
    }

    @Test func soHasOneThatIsReadInPart() async throws {
        try await withStream { bench, gate, request async throws in
            func readSome() async throws {
                let response = try await bench.client.execute(request, through: bench.breaker, untilBodyEnds: true)
                for try await _ in response.body { break }
            }
            try await readSome()
            let counts = await bench.counts { $0.ended == 1 }
            #expect(counts.succeeded == 1)
            #expect(counts.forgottenPermits == 0)
        }
    }

    @Test func soHasOneThatIsLargerThanItsReaderTakes() async throws {
        try await withStream { bench, gate, request async throws in
            gate.open()
            func readAll() async throws {
                let response = try await bench.client.execute(request, through: bench.breaker, untilBodyEnds: true)
                await #expect(throws: NIOTooManyBytesError.self) { try await response.body.collect(upTo: 5) }
            }
            try await readAll()
            #expect(await bench.counts { $0.ended == 1 }.succeeded == 1)
        }
    }

    @Test func aReaderThatIsCancelledSaysNothing() async throws {
        try await withStream { bench, gate, request async throws in
            let (chunks, told) = AsyncStream.makeStream(of: Void.self)
            let reader = Task {
                let response = try await bench.client.execute(request, through: bench.breaker, untilBodyEnds: true)
                for try await _ in response.body { told.yield() }
            }
            for await _ in chunks { break }
            reader.cancel()
            _ = await reader.result
            let counts = await bench.counts { $0.ended == 1 }
            #expect(counts.returnedUnused == 1)
            #expect(counts.forgottenPermits == 0)
        }
    }

    @Test func aBodyThatHangsHasTimedOutAndMayStillBeRead() async throws {
        try await withStream(timeout: .seconds(3)) { bench, gate, request async throws in
            let response = try await bench.client.execute(request, through: bench.breaker, untilBodyEnds: true)
            await bench.clock.untilSleeping()
            bench.clock.advance(by: .seconds(3))
            #expect(await bench.counts { $0.ended == 1 }.timedOut == 1)
            gate.open()
            #expect(String(buffer: try await response.body.collect(upTo: 100)) == "one two")
            #expect(bench.breaker.counts.ended == 1)
        }
    }

    @Test func aProbesBodyCloses() async throws {
        try await withStream { bench, gate, request async throws in
            struct Down: Error {}
            for _ in 0..<2 { _ = try? await bench.breaker.run { throw Down() } }
            bench.clock.advance(by: .seconds(10))
            let response = try await bench.client.execute(request, through: bench.breaker, untilBodyEnds: true)
            #expect(bench.breaker.view.state == .halfOpen)
            gate.open()
            _ = try await response.body.collect(upTo: 100)
            #expect(bench.breaker.view.state == .closed)
        }
    }
}
