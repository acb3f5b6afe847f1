//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerTesting
import Testing

// A count of failures says little about a busy fleet: a share of the calls decides too.
@Suite("Shares")
struct ShareTests {
    @Test("a count opens the circuit only when it is a share of the calls too, by default a fifth")
    func countAndShare() async throws {
        let fleet = try Fleet(1, .init(policy: .failures(5, within: .seconds(60))))
        for _ in 0..<30 { await fleet[0].succeeds() }
        for _ in 0..<7 { await fleet[0].fails() }
        #expect(try await fleet.record().state == .closed)
        await fleet[0].fails()
        #expect(try await fleet.record().reason == .failures(count: 8, threshold: 5, within: .seconds(60), calls: 38))
    }

    @Test("a share of a circuit's own: a half here")
    func half() async throws {
        let fleet = try Fleet(1, .init(policy: .failures(3, within: .seconds(60), share: 0.5)))
        for _ in 0..<10 { await fleet[0].succeeds() }
        for _ in 0..<9 { await fleet[0].fails() }
        #expect(try await fleet.record().state == .closed)
        await fleet[0].fails()
        #expect(try await fleet.record().state == .open)
    }

    @Test("a bare count opens it at any share")
    func bareCount() async throws {
        let fleet = try Fleet(1, .init(policy: .failures(5, within: .seconds(60), share: 0)))
        for _ in 0..<1000 { await fleet[0].succeeds() }
        for _ in 0..<5 { await fleet[0].fails() }
        #expect(try await fleet.record().state == .open)
    }

    @Test("an idle fleet opens at the count itself, whichever environments fail")
    func idle() async throws {
        let fleet = try Fleet(5, .init(policy: .failures(5, within: .seconds(60))))
        for breaker in fleet.breakers { await breaker.fails() }
        #expect(try await fleet.record().state == .open)
    }

    @Test("a busy environment's circuit opens within two seconds of an outage, though most of the window is well")
    func outageWhileBusy() async throws {
        let fleet = try Fleet(1, .init(policy: .failures(5, within: .seconds(60))))
        for _ in 0..<300 {
            for _ in 0..<20 { await fleet[0].succeeds() }
            fleet.clock.advance(by: .milliseconds(200))
        }
        let onset = fleet.clock.now
        while try await fleet.record().state == .closed, onset.duration(to: fleet.clock.now) < .seconds(10) {
            for _ in 0..<20 { await fleet[0].fails() }
            fleet.clock.advance(by: .milliseconds(200))
        }
        #expect(onset.duration(to: fleet.clock.now) <= .seconds(2))
    }

    @Test("five hundred environments whose only call succeeded are known when twenty others fail", arguments: [TripPolicy.rate, .count])
    func oneCallEach(policy: TripPolicy) async throws {
        let fleet = try Fleet(520, .init(policy: policy))
        for breaker in fleet.breakers.prefix(500) { await breaker.succeeds() }
        #expect(fleet.store.requests(.report) <= 20)
        for breaker in fleet.breakers.suffix(20) {
            await breaker.fails()
            fleet.clock.advance(by: .milliseconds(5))
        }
        #expect(try await fleet.record().state == .closed)
    }
}

extension TripPolicy {
    fileprivate static let rate = TripPolicy.failureRate(0.5, minimumCalls: 20, within: .seconds(60))
    fileprivate static let count = TripPolicy.failures(5, within: .seconds(60))
}
