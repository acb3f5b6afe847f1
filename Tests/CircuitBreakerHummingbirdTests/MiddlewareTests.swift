//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AsyncHTTPClient
import CircuitBreaker
import CircuitBreakerHummingbird
import CircuitBreakerTesting
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import Synchronization
import Testing

@Suite struct MiddlewareTests {
    private struct Down: Error {}

    // The statuses of the answers to requests for these paths, one after the other.
    private func statuses(
        _ bench: Bench,
        _ paths: [String],
        _ middleware: CircuitBreakerMiddleware<BasicRequestContext>? = nil,
        route: @escaping @Sendable (Request) async throws -> Response
    ) async throws -> [Int] {
        let answers = Mutex<[Int]>([])
        try await bench.serve { router in
            router.group("/quote").add(middleware: middleware ?? CircuitBreakerMiddleware(bench.breaker)).get { request, _ in try await route(request)
            }
        } _: { port async throws in
            for path in paths {
                let status = try await bench.get(port, path).status
                answers.withLock { $0.append(status) }
            }
        }
        return answers.withLock { $0 }
    }

    @Test func afterTwoFailuresTheRouteIsNotAskedAnyMore() async throws {
        let bench = try Bench()
        let asked = Mutex(0)
        let statuses = try await statuses(bench, Array(repeating: "/quote", count: 5)) { _ in
            asked.withLock { $0 += 1 }
            return Response(status: .badGateway)
        }
        #expect(statuses == [502, 502, 503, 503, 503])
        #expect(asked.withLock { $0 } == 2)
        #expect(bench.breaker.counts.failed == 2)
        #expect(bench.breaker.counts.rejected == 3)
    }

    @Test func aRejectedCallerLearnsWhenToComeBackAndNothingElse() async throws {
        let bench = try Bench()
        try await bench.serve { router in
            router.group("/quote").add(middleware: CircuitBreakerMiddleware(bench.breaker)).get { _, _ -> Response in throw Down() }
                .head { _, _ in Response(status: .ok) }
        } _: { port async throws in
            for _ in 0..<2 { #expect(try await bench.get(port, "/quote").status == 500) }
            bench.clock.advance(by: .milliseconds(2500))
            let rejected = try await bench.get(port, "/quote")
            #expect(rejected.status == 503)
            #expect(rejected.headers["retry-after"] == ["8"])
            #expect(rejected.headers["content-type"] == ["application/problem+json"])
            let problem = try #require(try JSONSerialization.jsonObject(with: Data(rejected.body.utf8)) as? [String: Any])
            #expect(Set(problem.keys) == ["type", "title", "status", "detail"])
            #expect(problem["type"] as? String == "about:blank")
            #expect(problem["title"] as? String == "Service Unavailable")
            #expect(problem["status"] as? Int == 503)
            #expect(!rejected.body.contains("quotes"))

            let head = try await bench.get(port, "/quote", .HEAD)
            #expect(head.status == 503)
            #expect(head.headers["retry-after"] == ["8"])
            #expect(head.body.isEmpty)
        }
    }

    @Test func oneProbeThatIsWellClosesTheCircuit() async throws {
        let bench = try Bench()
        let isDown = Mutex(true)
        let route: @Sendable (Request) async throws -> Response = { _ in
            if isDown.withLock({ $0 }) { throw Down() }
            return Response(status: .ok)
        }
        #expect(try await statuses(bench, ["/quote", "/quote", "/quote"], route: route) == [500, 500, 503])
        isDown.withLock { $0 = false }
        bench.clock.advance(by: .seconds(10))
        #expect(try await statuses(bench, ["/quote", "/quote"], route: route) == [200, 200])
        #expect(bench.breaker.view.state == .closed)
    }

    @Test func theCallersMistakesSayNothing() async throws {
        let bench = try Bench()
        let result = try await statuses(bench, ["/quote", "/quote?throw", "/quote?method", "/quote?version"]) { request in
            let query = request.uri.queryParameters
            if query["throw"] != nil { throw HTTPError(.badRequest) }
            if query["method"] != nil { return Response(status: .notImplemented) }
            if query["version"] != nil { throw HTTPError(.init(code: 505)) }
            return Response(status: .notFound)
        }
        #expect(result == [404, 400, 501, 505])
        #expect(bench.breaker.counts.returnedUnused == 4)
        #expect(bench.breaker.counts.ended == 4)
    }

    @Test func aMistakeIsNoProbeOfTheDependency() async throws {
        let bench = try Bench()
        let route: @Sendable (Request) async throws -> Response = { request in
            if request.uri.queryParameters["mistake"] != nil { throw HTTPError(.badRequest) }
            throw Down()
        }
        #expect(try await statuses(bench, ["/quote", "/quote"], route: route) == [500, 500])
        bench.clock.advance(by: .seconds(10))
        #expect(try await statuses(bench, ["/quote?mistake"], route: route) == [400])
        #expect(bench.breaker.view.state == .halfOpen)
    }

    @Test(arguments: [429, 500, 503]) func failuresByStatusAndByError(status: Int) async throws {
        let bench = try Bench()
        let result = try await statuses(bench, ["/quote", "/quote?throw", "/quote"]) { request in
            if request.uri.queryParameters["throw"] != nil { throw HTTPError(.init(code: status)) }
            return Response(status: .init(code: status))
        }
        #expect(result == [status, status, 503])
        #expect(bench.breaker.counts.failed == 2)
        #expect(bench.breaker.counts.rejected == 1)
    }

    @Test func retryAfterOfTheRouteIsHonoured() async throws {
        let bench = try Bench()
        try await bench.serve { router in
            router.group("/quote").add(middleware: CircuitBreakerMiddleware(bench.breaker))
                .get { _, _ in Response(status: .serviceUnavailable, headers: [.retryAfter: "25"]) }
        } _: { port async throws in
            for _ in 0..<2 { _ = try await bench.get(port, "/quote") }
            let seconds = try await bench.get(port, "/quote").headers.first(name: "retry-after").flatMap { Int($0) } ?? 0
            // A jitter never makes it shorter.
            #expect((25...28).contains(seconds))
        }
    }

    @Test func whatCountsAndWhatARejectedCallerGetsCanBeChosen() async throws {
        let bench = try Bench()
        let middleware = CircuitBreakerMiddleware<BasicRequestContext>(
            bench.breaker,
            judging: { status, _ in status == .conflict ? .failure() : nil },
            refusing: { _, _, _ in Response(status: .ok, headers: [.age: "60"]) }
        )
        #expect(try await statuses(bench, ["/quote", "/quote", "/quote"], middleware) { _ in Response(status: .conflict) } == [409, 409, 200])
    }

    @Test func eachTenantHasACircuitOfItsOwn() async throws {
        let bench = try Bench()
        let registry = try CircuitBreakerRegistry(
            prefix: "tenant:",
            configuration: bench.breaker.configuration,
            clock: bench.clock
        )
        let middleware = CircuitBreakerMiddleware<BasicRequestContext> { request, _ in
            try registry.breaker(for: String(request.uri.queryParameters["tenant"] ?? "none"))
        }
        let paths = ["/quote?tenant=a", "/quote?tenant=a", "/quote?tenant=a", "/quote?tenant=b"]
        #expect(try await statuses(bench, paths, middleware) { _ in throw Down() } == [500, 500, 503, 500])
        #expect(registry.breakers.map(\.id).sorted() == ["tenant:a", "tenant:b"])
    }

    @Test func aRouteThatHangsHasFailedAtTheTimeLimit() async throws {
        let bench = try Bench(timeout: .seconds(3))
        let gate = Gate()
        try await bench.serve { router in
            router.group("/quote").add(middleware: CircuitBreakerMiddleware(bench.breaker)).get { _, _ in
                await gate.pass()
                return Response(status: .ok)
            }
        } _: { port async throws in
            async let first = bench.get(port, "/quote")
            async let second = bench.get(port, "/quote")
            await gate.untilHolding(2)
            bench.clock.advance(by: .seconds(3))
            #expect(await bench.counts { $0.ended == 2 }.timedOut == 2)
            while bench.breaker.view.state != .open { await Task.yield() }
            #expect(try await bench.get(port, "/quote").status == 503)
            gate.open()
            // It was not stopped, and its late end counts no second time.
            #expect(try await [first.status, second.status] == [200, 200])
            #expect(bench.breaker.counts.ended == 2)
            #expect(bench.breaker.counts.succeeded == 0)
        }
    }

    private func withStream(
        _ bench: Bench,
        untilBodyEnds: Bool,
        stream: @escaping @concurrent @Sendable (inout any ResponseBodyWriter) async throws -> Void,
        _ body: @escaping @Sendable (HTTPClientResponse) async throws -> Void
    ) async throws {
        try await bench.serve { router in
            router.group("/quote").add(middleware: CircuitBreakerMiddleware(bench.breaker, untilBodyEnds: untilBodyEnds)).get { _, _ in
                Response(status: .ok, body: ResponseBody { try await stream(&$0) })
            }
        } _: { port async throws in
            let request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/quote")
            try await body(try await bench.client.execute(request, timeout: .seconds(60)))
        }
    }

    @Test(arguments: [false, true]) func aBodyThatBreaksOff(untilBodyEnds: Bool) async throws {
        let bench = try Bench()
        try await withStream(bench, untilBodyEnds: untilBodyEnds) { writer in
            try await writer.write(ByteBuffer(string: "one"))
            throw Down()
        } _: { response async throws in
            await #expect(throws: (any Error).self) { for try await _ in response.body {} }
        }
        let counts = await bench.counts { $0.ended == 1 }
        #expect(counts.failed == (untilBodyEnds ? 1 : 0))
        #expect(counts.succeeded == (untilBodyEnds ? 0 : 1))
    }

    @Test func aWholeBodyCountsWhenItEnds() async throws {
        let bench = try Bench()
        let gate = Gate()
        try await withStream(bench, untilBodyEnds: true) { writer in
            try await writer.write(ByteBuffer(string: "one "))
            await gate.pass()
            try await writer.write(contentsOf: [ByteBuffer(string: "two "), ByteBuffer(string: "three")])
            try await writer.finish(nil)
        } _: { response async throws in
            #expect(bench.breaker.counts.ended == 0)
            gate.open()
            #expect(String(buffer: try await response.body.collect(upTo: 1 << 20)) == "one two three")
        }
        #expect(await bench.counts { $0.ended == 1 }.succeeded == 1)
    }

    @Test func aCallerThatGoesAwaySaysNothing() async throws {
        let bench = try Bench()
        try await withStream(bench, untilBodyEnds: true) { writer in
            // Until the connection is found closed.
            while true {
                try await writer.write(ByteBuffer(repeating: 0x78, count: 1 << 16))
                await Task.yield()
            }
        } _: { response async throws in
            for try await _ in response.body { break }
        }
        #expect(await bench.counts { $0.ended == 1 }.returnedUnused == 1)
        #expect(bench.breaker.counts.forgottenPermits == 0)
    }

    @Test func aBodyThatIsReplacedHasEndedWell() async throws {
        struct Replacing: RouterMiddleware {
            func handle(_ request: Request, context: BasicRequestContext, next: @concurrent (Request, BasicRequestContext) async throws -> Response)
                async throws
                -> Response
            {
                var response = try await next(request, context)
                response.body = ResponseBody(byteBuffer: ByteBuffer(string: "other"))
                return response
            }
        }
        let bench = try Bench()
        try await bench.serve { router in
            router.group("/quote").add(middleware: Replacing()).add(middleware: CircuitBreakerMiddleware(bench.breaker, untilBodyEnds: true))
                .get { _, _ in "quote" }
        } _: { port async throws in
            #expect(try await bench.get(port, "/quote").body == "other")
        }
        #expect(await bench.counts { $0.ended == 1 }.succeeded == 1)
        #expect(bench.breaker.counts.forgottenPermits == 0)
    }
}
