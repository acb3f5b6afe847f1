//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import Testing

// A call that a pass admitted ends when the store is lost: how long it took spreads the probes of all who are alone.
@Suite("Calls of a pass that end alone")
struct LateLossTests {
    @Test("the open time is so long that at most a tenth of the fleet probes at once", arguments: [0, 8000] as [Int64])
    func spread(took: Int64) throws {
        let recovery = RecoveryPolicy(openTime: .seconds(1), maximumOpenTime: .seconds(200))
        let rules = try CircuitRules(policy: .failures(1, within: .seconds(60)), recovery: recovery)
        var session = Session(environment: EnvironmentID(rawValue: "a"), rules: rules, seed: 1)
        var now = Timestamp(milliseconds: 1_790_000_000_000)
        session.collected(.record(nil), to: session.prepare(at: now), at: now)
        let epoch = session.machine.view.record.epoch
        for _ in 0..<3 {
            now = now.adding(3000)
            let look = session.prepare(at: now)
            session.collected(.failed(StoreFailure()), to: look, at: now)
        }
        #expect(session.machine.store.isLost)
        var call = session.passedCall(of: epoch, took: took, at: now)
        _ = session.ended(.failure(retryAfter: nil), &call, at: now)
        #expect(session.machine.own.state == .open)
        let wait = session.machine.own.nextAttempt.since(now)
        #expect(took == 0 ? wait <= 1500 : wait >= 8 * took)
    }
}
