//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Testing

@testable import CircuitBreaker

// What a call's wait says about the store, and what it does not.
@Suite("I7: silence of the store")
struct SessionWaitTests {
    private static let start = Timestamp(milliseconds: 1_000_000)

    private var session: Session
    private var record = CircuitRecord()

    init() throws {
        let rules = try CircuitRules(policy: .failures(5, within: .seconds(60), share: 0))
        session = Session(environment: EnvironmentID(rawValue: "a"), rules: rules, seed: 1)
    }

    // A call that is admitted, by a store that answers at once.
    private mutating func admitted(_ limits: Session.Limits = .init()) throws -> Session.Call {
        var call = Session.Call(limits: limits)
        var step = session.begin(&call, at: Self.start)
        while case .wait = step {
            answerLooks()
            step = session.waited(0, timedOut: false, &call, at: Self.start)
        }
        guard case .run = step else { throw EngineRegressionTests.Unexpected() }
        return call
    }

    private mutating func answerLooks() {
        for look in session.takeLooks() { session.collected(EngineRegressionTests.reply(to: look, from: &record), to: look, at: Self.start) }
    }

    // How long the call then waits for its report.
    private mutating func fail(_ call: inout Session.Call) throws -> Int64 {
        guard case .wait(let limit, _) = session.ended(.failure(retryAfter: nil), &call, at: Self.start) else {
            throw EngineRegressionTests.Unexpected()
        }
        return limit
    }

    @Test("an answer that a call on a busy machine learns of late is none, though the next report is under way")
    mutating func learnedLate() throws {
        var (first, second) = (try admitted(), try admitted())
        _ = try fail(&first)
        let limit = try fail(&second)
        answerLooks()
        guard case .wait = session.waited(0, timedOut: false, &second, at: Self.start) else { throw EngineRegressionTests.Unexpected() }
        #expect(session.machine.unreported.inFlight != nil)
        _ = session.waited(limit * 10, timedOut: false, &first, at: Self.start)
        #expect(!session.machine.store.isFailing)
    }

    @Test("a wait that a deadline makes shorter says nothing, and one of full length does", arguments: [true, false])
    mutating func short(isShort: Bool) throws {
        let usual = session.machine.patience
        var call = try admitted(isShort ? .init(timeout: nil, deadline: Self.start.adding(12), margin: 750, at: Self.start) : .init())
        let limit = try fail(&call)
        #expect(isShort ? limit == 3 : limit == session.machine.patience && limit < usual)
        _ = session.waited(limit, timedOut: true, &call, at: Self.start)
        #expect(session.machine.store.isFailing == !isShort)
    }

    @Test("a last report with little of its time left says nothing about the store, and one with all of it does", arguments: [true, false])
    mutating func lastReport(isShort: Bool) throws {
        var (first, second, last) = (try admitted(), try admitted(), Session.Call())
        _ = try fail(&first)
        _ = try fail(&second)
        guard case .wait(var limit, _) = session.report(&last, at: Self.start) else { throw EngineRegressionTests.Unexpected() }
        answerLooks()
        // The next report is under way.
        guard case .wait = session.waited(0, timedOut: false, &second, at: Self.start) else { throw EngineRegressionTests.Unexpected() }
        if isShort {
            guard case .wait(let left, _) = session.waited(limit - 3, timedOut: false, &last, at: Self.start) else {
                throw EngineRegressionTests.Unexpected()
            }
            #expect(left == 3)
            limit = left
        }
        _ = session.waited(limit, timedOut: true, &last, at: Self.start)
        #expect(session.machine.store.isFailing == !isShort)
    }
}
