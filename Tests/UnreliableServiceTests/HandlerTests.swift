//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerTesting
import Testing
import UnreliableService

@Suite struct HandlerTests {
    // Below 0.6 succeeds.
    private func bench(_ numbers: [Double]) throws -> Bench {
        let script = Script(numbers)
        return try Bench { UnreliableDependency(successProbability: 0.6, clock: $0) { script.next() } }
    }

    @Test func successAnswersSuccess() async throws {
        let bench = try bench([0.59])
        let response = await bench.answer()
        #expect(response.status == 200)
        #expect(response.text == #"{"message":"Success"}"#)
        #expect(response.headers["content-type"] == "application/json")
        #expect(response.headers["Circuit-State"] == "CLOSED")
        #expect(response.headers["Circuit-Fallback"] == nil)
        #expect(response.outcome == .success)
        #expect(bench.log.all.isEmpty)
    }

    @Test func failureAnswersFallbackAndLogsIt() async throws {
        let bench = try bench([0.6])
        let response = await bench.answer()
        #expect(response.status == 200)
        #expect(response.text == #"{"message":"Fallback"}"#)
        #expect(response.headers["content-type"] == "application/json")
        #expect(response.headers["Circuit-Fallback"] == "failed")
        #expect(response.headers["Retry-After"] == nil)
        #expect(response.outcome == .failed)
        #expect(bench.log.all == ["Expensive Fallback Successful"])
    }

    @Test func patternOpensAtThreeProbesAfterTenSecondsAndClosesAfterTwo() async throws {
        let bench = try bench([0.9, 0.9, 0.9])
        for state in ["CLOSED", "CLOSED", "OPEN"] {
            #expect(await bench.answer().headers["Circuit-State"] == state)
        }
        let rejected = await bench.answer()
        #expect(rejected.outcome == .rejected)
        #expect(rejected.status == 200)
        #expect(rejected.headers["Circuit-State"] == "OPEN")
        #expect(rejected.headers["Retry-After"] == "10")
        #expect(rejected.headers["Circuit-Reason"]?.contains("3 failures within 60 s") == true)

        bench.clock.advance(by: .milliseconds(9001))
        #expect(await bench.answer().headers["Retry-After"] == "1")
        bench.clock.advance(by: .milliseconds(999))
        let first = await bench.answer()
        #expect(first.outcome == .success)
        #expect(first.headers["Circuit-State"] == "HALF-OPEN")
        #expect(await bench.answer().headers["Circuit-State"] == "CLOSED")

        let states = bench.log.all.filter { $0.hasPrefix("CircuitBreaker") }
        #expect(states == ["CircuitBreaker state: OPEN", "CircuitBreaker state: HALF", "CircuitBreaker state: CLOSED"])
    }

    @Test func halfOpenRejectsWhileItsProbeIsUnderWay() async throws {
        let script = Script([0.9, 0.9, 0.9])
        struct Gated: Dependency {
            let inner: UnreliableDependency
            let gate: Gate
            var timeLimit: Duration? { nil }
            func call(_ request: ServiceRequest) async throws -> ServiceResponse {
                if request.path == "/slow" { await gate.pass() }
                return try await inner.call(request)
            }
        }
        let closed = Gate()
        let bench = try Bench { Gated(inner: UnreliableDependency(successProbability: 0.6, clock: $0) { script.next() }, gate: closed) }
        for _ in 0..<3 { _ = await bench.answer() }
        bench.clock.advance(by: .seconds(10))
        async let probe = bench.answer("/slow")
        await closed.untilHolding()
        let rejected = await bench.answer()
        #expect(rejected.outcome == .rejected)
        #expect(rejected.headers["Circuit-State"] == "HALF-OPEN")
        #expect(Int(rejected.headers["Retry-After"] ?? "") ?? 0 >= 1)
        closed.open()
        #expect(await probe.outcome == .success)
    }

    @Test func latencyIsTaken() async throws {
        let bench = try Bench { UnreliableDependency(successProbability: 1, latency: .milliseconds(40), clock: $0) }
        async let response = bench.answer()
        await bench.clock.untilSleeping()
        bench.clock.advance(by: .milliseconds(40))
        #expect(await response.outcome == .success)
    }

    @Test func dependencyChangesWhileItRuns() async throws {
        let clock = ManualClock()
        let dependency = UnreliableDependency(successProbability: 1, latency: .seconds(9), clock: clock)
        dependency.change { $0.mode = .dead }
        // At once, whatever its latency.
        await #expect(throws: UnreliableDependency.Failed.self) { try await dependency.call(ServiceRequest()) }
        dependency.change { $0 = .init(successProbability: 1) }
        #expect(try await dependency.call(ServiceRequest()).outcome == .success)
        dependency.change { $0.mode = .hanging }
        let call = Task { try await dependency.call(ServiceRequest()) }
        await clock.untilSleeping()
        clock.advance(by: .seconds(3600))
        call.cancel()
        await #expect(throws: CancellationError.self) { try await call.value }
    }

    @Test func callIsCutBeforeTheDeadline() async throws {
        let bench = try Bench { UnreliableDependency(successProbability: 1, latency: .seconds(60), clock: $0) }
        let deadline = bench.clock.now.advanced(by: .seconds(3))
        async let response = bench.answer(deadline: deadline)
        await bench.clock.untilSleeping(2)
        bench.clock.advance(by: .milliseconds(2250))
        #expect(await response.outcome == .timedOut)
        #expect(await response.text == #"{"message":"Fallback"}"#)
        #expect(bench.breaker.counts.timedOut == 1)
    }

    @Test func deadlineThatHasPassedMakesNoCall() async throws {
        let bench = try bench([])
        #expect(await bench.answer(deadline: bench.clock.now).outcome == .unused)
        #expect(bench.breaker.counts.returnedUnused == 1)
    }

    @Test func cancelledCallerLeaksNothing() async throws {
        let bench = try Bench { UnreliableDependency(successProbability: 1, latency: .seconds(60), clock: $0) }
        let task = Task { await bench.answer() }
        await bench.clock.untilSleeping()
        task.cancel()
        #expect(await task.value.outcome == .unused)
        #expect(bench.breaker.counts.returnedUnused == 1)
        #expect(bench.breaker.counts.forgottenPermits == 0)
    }

    @Test func reasonIsFitForAHeader() async throws {
        let bench = try bench([])
        try await bench.breaker.give(CircuitOrder(.forceOpen, by: "ops", why: "Wartung für\r\nX-Evil: 1"))
        let response = await bench.answer()
        let reason = try #require(response.headers["Circuit-Reason"])
        #expect(reason.utf8.allSatisfy { (0x20..<0x7F).contains($0) })
        #expect(reason.hasPrefix("rejected: circuit OPEN: ordered by ops"))
        #expect(response.outcome == .rejected)
        #expect(response.headers["Circuit-State"] == "OPEN")
    }

    @Test(arguments: [0.0, 1.0]) func certaintiesAreCertain(probability: Double) async throws {
        let bench = try Bench { UnreliableDependency(successProbability: probability, clock: $0) }
        #expect(await bench.answer().outcome == (probability == 1 ? .success : .failed))
    }

    @Test(arguments: [
        "DELETE /admin HTTP/1.1\r\nX: y\r\n\r\nGET", "GET /", "GET\r\n", "", " ", "G\u{E9}T", "GET\0", "(GET)", "GET:", "G\u{7F}", "GET\n",
    ])
    func whatIsNoMethodIsRefusedAndNotCounted(method: String) async throws {
        let bench = try bench([0.9])
        let response = await bench.answer(method: method)
        #expect(response.status == 400)
        #expect(response.text == #"{"message":"The method is not a token as of RFC 9110"}"#)
        #expect(response.outcome == .refused)
        #expect(response.headers["Circuit-State"] == "CLOSED")
        #expect(bench.breaker.counts == CircuitBreaker.Counts())
    }

    @Test(arguments: ["TRACE", "CONNECT", "trace", "Connect"]) func traceAndConnectAreRefused(method: String) async throws {
        let bench = try bench([0.9])
        let response = await bench.answer(method: method)
        #expect(response.status == 405)
        #expect(response.headers["Allow"]?.contains("GET") == true)
        #expect(response.outcome == .refused)
        #expect(bench.breaker.counts == CircuitBreaker.Counts())
    }

    @Test(arguments: ["GET", "PROPFIND", "M-SEARCH", "x!#$%&'*+-.^_`|~9"]) func everyTokenIsAMethod(method: String) async throws {
        #expect(await (try bench([0])).answer(method: method).outcome == .success)
    }

    @Test func answersAndOutcomesAgree() async throws {
        var answers: [ServiceOutcome: Int] = [:]
        let script = Script((0..<300).map { Double($0 * 7 % 10) / 10 })
        let bench = try Bench { UnreliableDependency(successProbability: 0.6, clock: $0) { script.next() } }
        for _ in 0..<500 {
            answers[await bench.answer().outcome, default: 0] += 1
            bench.clock.advance(by: .milliseconds(300))
        }
        let counts = bench.breaker.counts
        #expect(answers[.success] == counts.succeeded)
        #expect(answers[.failed] == counts.failed)
        #expect(answers[.rejected] == counts.rejected)
        #expect(answers.values.reduce(0, +) == 500)
    }
}
