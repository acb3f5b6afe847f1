//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerTesting
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Testing
import UnreliableService

@Suite(.timeLimit(.minutes(1))) struct UpstreamTests {
    @Test func answerIsPassedOn() async throws {
        try await withUpstream { upstream, bench in
            let request = ServiceRequest(
                method: "POST",
                path: "/echo",
                query: "a=1&b=%20",
                headers: ["Host": "other", "X-Kept": "yes", "Connection": "X-Hop", "X-Hop": "1"],
                body: Array("hello".utf8)
            )
            let response = await bench.service.handle(request)
            #expect(response.status == 201)
            #expect(response.text == "POST /base/echo?a=1&b=%20 kept=yes hop=- hello")
            #expect(response.headers.values(of: "x-many") == ["1", "2"])
            #expect(response.headers["content-length"] == nil)
            #expect(response.headers["Circuit-State"] == "CLOSED")
            #expect(response.outcome == .success)
            #expect(bench.log.all.isEmpty)
        }
    }

    @Test(arguments: [301, 400, 401, 404, 418]) func otherAnswersDoNotCountAsFailures(status: Int) async throws {
        try await withUpstream { upstream, bench in
            for _ in 0..<10 {
                let response = await bench.answer("/status/\(status)")
                #expect(response.status == status, "\(response.headers)")
                #expect(response.text == "status \(status)")
            }
            #expect(bench.breaker.counts.succeeded == 10)
            #expect(bench.breaker.view.state == .closed)
        }
    }

    @Test(arguments: [429, 500, 502, 503]) func failuresOpenTheCircuit(status: Int) async throws {
        try await withUpstream { upstream, bench in
            for _ in 0..<3 {
                let response = await bench.answer("/status/\(status)")
                #expect(response.status == 200)
                #expect(response.text == #"{"message":"Fallback"}"#)
                #expect(response.headers["Circuit-Reason"]?.contains("\(status)") == true)
                #expect(response.outcome == .failed)
            }
            #expect(await bench.answer("/status/200").headers["Retry-After"] == "10")
            #expect(bench.breaker.counts.failed == 3)
        }
    }

    @Test(arguments: [(429, "25"), (503, "25"), (503, "date")]) func retryAfterIsHonoured(status: Int, retryAfter: String) async throws {
        try await withUpstream { upstream, bench in
            for _ in 0..<3 { _ = await bench.answer("/status/\(status)?retry-after=\(retryAfter)") }
            #expect(await bench.answer("/status/200").headers["Retry-After"] == "25")
            bench.clock.advance(by: .seconds(24))
            #expect(await bench.answer("/status/200").outcome == .rejected)
            bench.clock.advance(by: .seconds(1))
            #expect(await bench.answer("/status/200").outcome == .success)
        }
    }

    @Test func retryAfterOfA500IsNot() async throws {
        try await withUpstream { upstream, bench in
            for _ in 0..<3 { _ = await bench.answer("/status/500?retry-after=25") }
            #expect(await bench.answer("/status/200").headers["Retry-After"] == "10")
        }
    }

    @Test func refusedConnectionFailsAtOnce() async throws {
        // The port was free a moment ago, and nobody listens on it now.
        let port = try await TestUpstream.withServer { $0 }
        let upstream = UpstreamDependency(try UpstreamURL("http://127.0.0.1:\(port)"), timeLimit: .seconds(3600), connectTimeout: .seconds(60))
        let bench = try Bench { _ in upstream }
        let response = await bench.answer()
        #expect(response.outcome == .failed)
        #expect(response.headers["Circuit-Reason"] == "failed: the upstream did not answer: connection refused")
        await upstream.close()
    }

    @Test func hangIsCutAtTheTimeLimit() async throws {
        try await withUpstream { upstream, bench in
            async let answer = bench.answer("/hang")
            await bench.clock.untilSleeping()
            bench.clock.advance(by: .milliseconds(2999))
            #expect(bench.breaker.counts.timedOut == 0)
            bench.clock.advance(by: .milliseconds(1))
            #expect(await answer.outcome == .timedOut)
            #expect(bench.breaker.counts.timedOut == 1)
        }
    }

    @Test func hugeAnswerIsNotPassedOnAndNotAFailure() async throws {
        try await withUpstream(largestAnswer: 1000) { upstream, bench in
            #expect(await bench.answer("/size/1000").body.count == 1000)
            #expect(await bench.answer("/chunks/10").body.count == 1000)
            for path in ["/size/1001", "/chunks/11", "/chunks/1000"] {
                let response = await bench.answer(path)
                #expect(response.text == #"{"message":"Fallback"}"#)
                #expect(response.outcome == .unusable, "\(response.headers)")
            }
            #expect(bench.breaker.counts.succeeded == 5)
        }
    }

    @Test func lengthOfAHeadIsKept() async throws {
        try await withUpstream { upstream, bench in
            let response = await bench.service.handle(ServiceRequest(method: "HEAD", path: "/size/7"))
            #expect(response.headers["content-length"] == "7")
            #expect(response.body.isEmpty)
        }
    }

    @Test func requestThatCannotBeSentIsNotCounted() async throws {
        try await withUpstream { upstream, bench in
            let response = await bench.service.handle(ServiceRequest(headers: ["X": "a\r\nb: c"]))
            #expect(response.outcome == .unused)
            #expect(bench.breaker.counts.returnedUnused == 1)
        }
    }

    @Test(arguments: ["/../x", "/a/%2e%2e/%2E%2e/x", "/a;b/../../x", #"/..\x"#]) func nothingLeavesTheBasePath(path: String) async throws {
        try await withUpstream { upstream, bench in
            let response = await bench.answer(path)
            #expect(response.status == 400)
            #expect(response.text == #"{"message":"Paths with .. are not passed on"}"#)
            #expect(response.outcome == .refused)
            #expect(bench.breaker.counts == CircuitBreaker.Counts())
        }
    }

    @Test(arguments: [501, 505]) func answersAboutTheRequestSayNothingOfTheUpstream(status: Int) async throws {
        try await withUpstream { upstream, bench in
            for _ in 0..<10 {
                let response = await bench.answer("/status/\(status)")
                #expect(response.status == status)
                #expect(response.text == "status \(status)")
                #expect(response.outcome == .unused)
            }
            #expect(bench.breaker.counts.returnedUnused == 10)
            #expect(bench.breaker.view.state == .closed)
            for _ in 0..<3 { _ = await bench.answer("/status/500") }
            bench.clock.advance(by: .seconds(10))
            // Neither does it as a probe.
            #expect(await bench.answer("/status/\(status)").headers["Circuit-State"] == "HALF-OPEN")
            _ = await bench.answer("/status/200")
            #expect(await bench.answer("/status/200").headers["Circuit-State"] == "CLOSED")
        }
    }

    @Test func probeThatMeetsA404Closes() async throws {
        try await withUpstream { upstream, bench in
            for _ in 0..<3 { _ = await bench.answer("/status/500") }
            bench.clock.advance(by: .seconds(10))
            _ = await bench.answer("/status/404")
            #expect(await bench.answer("/status/404").headers["Circuit-State"] == "CLOSED")
        }
    }

    private func withUpstream(
        largestAnswer: Int = UpstreamDependency.largestAnswer,
        _ body: @escaping @Sendable (UpstreamDependency, Bench) async throws -> Void
    ) async throws {
        try await TestUpstream.withServer { port in
            let url = try UpstreamURL("http://127.0.0.1:\(port)/base")
            let clock = ManualClock(now: TestUpstream.now)
            let upstream = UpstreamDependency(url, connectTimeout: .seconds(60), largestAnswer: largestAnswer, clock: clock)
            let bench = try Bench(clock: clock) { _ in upstream }
            let result: Result<Void, any Error>
            do { result = .success(try await body(upstream, bench)) } catch { result = .failure(error) }
            await upstream.close()
            try result.get()
        }
    }
}
