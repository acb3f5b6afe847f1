//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerTesting
import Testing

@Suite("run")
struct RunTests {
    struct Answer: Equatable { var status: Int }

    @Test("what the operation throws reaches the caller as it is, and is typed by value")
    func ownError() async throws {
        let fleet = try Fleet(1)
        await #expect(throws: Broken()) { try await fleet[0].run { () async throws(Broken) in throw Broken() } }
        guard case .failure(.failed(let error)) = await fleet[0].result(of: { () async throws(Broken) in throw Broken() }) else {
            Issue.record("no failure")
            return
        }
        #expect(error == Broken())
    }

    @Test("a rejection is an error of the breaker's own, with the reason and when to come back")
    func rejectionIsThrown() async throws {
        let fleet = try Fleet(1)
        await fleet.trip()
        let error = await #expect(throws: CircuitBreakerError.self) { try await fleet[0].run { 1 } }
        guard case .rejected(let rejection)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(rejection.state == .open && error?.retryAfter == .seconds(10))
        #expect("\(error as (any Error)?)".contains("rejected: circuit OPEN"))
    }

    @Test("the fallback answers for a failure, a rejection and a time-out, and learns which")
    func fallback() async throws {
        let fleet = try Fleet(1)
        var reasons: [String] = []
        for _ in 0..<4 {
            try await fleet[0].run { () async throws in
                throw Broken()
            } fallback: { reason in
                switch reason {
                case .failed: reasons.append("failed")
                case .rejected(let rejection): reasons.append("rejected after \(rejection.retryAfter)")
                default: reasons.append("\(reason)")
                }
            }
        }
        #expect(reasons == ["failed", "failed", "failed", "rejected after 10.0 seconds"])
    }

    @Test("a fallback that throws: its error reaches the caller as it is")
    func fallbackThrows() async throws {
        struct Other: Error {}
        let fleet = try Fleet(1)
        await #expect(throws: Other.self) {
            try await fleet[0].run { () async throws(Broken) in
                throw Broken()
            } fallback: { _ in
                throw Other()
            }
        }
    }

    @Test("a result can be a failure, with or without a retryAfter, or say nothing")
    func judgedByResult() async throws {
        let fleet = try Fleet(1)
        func call(_ status: Int) async throws -> Answer {
            try await fleet[0].run(judging: { (answer: Answer) in
                switch answer.status {
                case 503: .failure(retryAfter: .seconds(20))
                case 400..<500: .ignored
                default: .success
                }
            }) { Answer(status: status) }
        }
        for status in [200, 404, 503, 503] { #expect(try await call(status).status == status) }
        #expect(try await fleet.record().window.buckets.map(\.tally.failures) == [2])
        #expect(fleet[0].counts.returnedUnused == 1)
        #expect(try await call(503).status == 503)
        #expect(fleet.clock.now.duration(to: try await fleet.record().nextAttempt) == .seconds(20))
    }

    @Test("errors that the configuration ignores count for nothing")
    func judgedByError() async throws {
        let fleet = try Fleet(
            1,
            .init(policy: .failures(1, within: .seconds(60)), judge: { $0 is Broken ? .ignored : .failure() })
        )
        await fleet[0].fails(Broken())
        #expect(try await fleet.record().state == .closed)
        await fleet[0].fails(CancellationError())
        #expect(try await fleet.record().state == .open)
    }

    @Test("the configuration's timeout cuts a call, which counts as failed before the operation has ended")
    func timeout() async throws {
        let fleet = try Fleet(1, .init(policy: .failures(1, within: .seconds(60)), timeout: .seconds(2)))
        let clock = fleet.clock
        let stubborn = Gate()
        let task = Task {
            try await fleet[0].run { await stubborn.pass() }
        }
        await stubborn.untilHolding()
        await clock.untilSleeping(1)
        clock.advance(by: .seconds(2))
        while fleet[0].counts.timedOut == 0 { await Task.yield() }
        while try await fleet.record().state != .open { await Task.yield() }
        stubborn.open()
        await #expect(throws: CircuitBreakerError.timedOut(after: .seconds(2))) { try await task.value }
    }

    @Test("with an explicit timeout the caller is answered even if the operation does not respond to cancellation")
    func abandoned() async throws {
        let fleet = try Fleet(1)
        let stubborn = Gate()
        let clock = fleet.clock
        let task = Task {
            try await fleet[0].run(timeout: .seconds(2)) {
                await stubborn.pass()
                return 1
            } fallback: { reason in
                if case .timedOut = reason { 2 } else { 3 }
            }
        }
        await stubborn.untilHolding()
        await clock.untilSleeping(1)
        clock.advance(by: .seconds(2))
        #expect(try await task.value == 2)
        #expect(fleet[0].counts.timedOut == 1)
        stubborn.open()
    }

    @Test("with a deadline the call times out the margin before it, and is recorded")
    func deadline() async throws {
        let fleet = try Fleet(1, .init(policy: .failures(1, within: .seconds(60)), deadlineMargin: .milliseconds(500)))
        let clock = fleet.clock
        let deadline = clock.now.advanced(by: .seconds(3))
        let stubborn = Gate()
        let task = Task {
            try await fleet[0].run(deadline: deadline) {
                await stubborn.pass()
            } fallback: { _ in
                ()
            }
        }
        await stubborn.untilHolding()
        await clock.untilSleeping(1)
        clock.advance(by: .milliseconds(2499))
        #expect(fleet[0].counts.timedOut == 0)
        clock.advance(by: .milliseconds(1))
        try await task.value
        #expect(try await fleet.record().state == .open)
        stubborn.open()
    }

    @Test("without a margin a deadline cuts no call")
    func deadlineOff() async throws {
        let fleet = try Fleet(1, .init(policy: .failures(1, within: .seconds(60)), deadlineMargin: nil))
        let value = try await fleet[0].run(deadline: fleet.clock.now.advanced(by: .milliseconds(1))) {
            fleet.clock.advance(by: .seconds(5))
            return 1
        }
        #expect(value == 1 && fleet[0].counts.succeeded == 1 && fleet[0].counts.timedOut == 0)
    }

    @Test("with no time left before the deadline the operation is not begun, and nothing is recorded")
    func noTimeLeft() async throws {
        let fleet = try Fleet(1)
        await #expect(throws: CircuitBreakerError.timedOut(after: .zero)) {
            try await fleet[0].run(deadline: fleet.clock.now) { _ = Issue.record("called") }
        }
        #expect(fleet[0].counts.storeRequests == 0)
        #expect(fleet[0].counts.returnedUnused == 1 && fleet[0].counts.timedOut == 0)
    }

    @Test("the healthy path counts what the engine would count")
    func healthyPath() async throws {
        let fleet = try Fleet(1)
        for _ in 0..<100 { await fleet[0].succeeds() }
        #expect(fleet[0].counts.succeeded == 100)
        #expect(fleet.store.requests(.read) == 1)
        await fleet[0].fails()
        #expect(fleet[0].counts.failed == 1)
        #expect(try await fleet.record().window.buckets.map(\.tally.failures) == [1])
    }

    @Test("counts add up: every call ends in one kind", arguments: [0.1, 0.6, 0.95])
    func countsAddUp(probability: Double) async throws {
        let fleet = try Fleet(8)
        await withTaskGroup(of: Void.self) { group in
            for breaker in fleet.breakers {
                group.addTask {
                    for _ in 0..<200 {
                        if Double.random(in: 0..<1) < probability { await breaker.succeeds() } else { await breaker.fails() }
                        fleet.clock.advance(by: .milliseconds(20))
                    }
                }
            }
        }
        for breaker in fleet.breakers { #expect(breaker.counts.ended + breaker.counts.rejected == 200) }
    }

    @Test("a clock that is set back does not keep an old view young")
    func clockSetBack() async throws {
        let fleet = try Fleet(2)
        await fleet[1].succeeds()
        fleet.clock.advance(by: .seconds(-3600))
        await fleet.trip()
        #expect(await fleet[1].rejection() != nil)
    }
}
