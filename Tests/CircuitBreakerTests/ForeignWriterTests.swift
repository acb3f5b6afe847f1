//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerTesting
import Testing

// I9: a writer that knows only the eight attributes of circuitbreaker-lambda shares the record.
@Suite("Foreign writers")
struct ForeignWriterTests {
    func foreign(_ fleet: Fleet, _ state: CircuitState, nextAttempt: Duration = .seconds(10)) {
        let now = fleet.clock.now
        fleet.memory.overwrite("test") { record in
            record.shared.circuitState = state
            record.shared.stateTimestamp = now
            if state == .open { record.shared.nextAttempt = now.advanced(by: nextAttempt) }
        }
    }

    @Test("I9: its OPEN is adopted, and a stale CLOSED after that is put back")
    func openIsAdopted() async throws {
        let fleet = try Fleet(2)
        await fleet[0].succeeds()
        foreign(fleet, .open)
        fleet.ageViews()
        #expect(await fleet[0].rejection()?.retryAfter == .milliseconds(8999))
        #expect(try await fleet.record().reason == .adopted)
        foreign(fleet, .closed)
        fleet.ageViews()
        #expect(await fleet[1].rejection() != nil)
        let record = try await fleet.record()
        #expect(record.shared.circuitState == .open && record.reason == .putBack)
    }

    @Test("I9: a slow success of its own does not reopen traffic before the next attempt")
    func staleClosed() async throws {
        let fleet = try Fleet(2)
        await fleet.trip()
        foreign(fleet, .closed)
        fleet.ageViews()
        #expect(await fleet[1].rejection() != nil)
        #expect(try await fleet.record().shared.circuitState == .open)
    }

    @Test("I9: a stale CLOSED that nobody saw in time does not close the circuit: a probe decides")
    func staleClosedSeenLate() async throws {
        let fleet = try Fleet(2)
        await fleet.trip()
        foreign(fleet, .closed)
        fleet.clock.advance(by: .seconds(20))
        await fleet[1].fails()
        #expect(try await fleet.record().reason == .probeFailed(consecutiveOpens: 1))
    }

    @Test("I9: its CLOSED after the next attempt is accepted")
    func closedIsAdopted() async throws {
        let fleet = try Fleet(2)
        await fleet.trip()
        fleet.clock.advance(by: .seconds(11))
        foreign(fleet, .halfOpen)
        foreign(fleet, .closed)
        for _ in 0..<5 { #expect(await fleet[1].succeeds()) }
        #expect(try await fleet.record().state == .closed)
    }

    @Test("I9: its HALF-OPEN of a circuit that it opened admits one probe of ours at a time")
    func halfOpen() async throws {
        let fleet = try Fleet(2)
        foreign(fleet, .halfOpen)
        let probe = try await fleet[0].permit()
        let isProbe = probe.isProbe
        #expect(isProbe)
        #expect(await fleet[1].rejection()?.reason == .probing)
        await probe.succeed()
    }

    @Test("I9: its failed probe opens the circuit for us too")
    func failedProbe() async throws {
        let fleet = try Fleet(2)
        await fleet.trip()
        fleet.clock.advance(by: .seconds(10))
        await fleet[0].succeeds()
        foreign(fleet, .open)
        fleet.ageViews()
        #expect(await fleet[0].rejection() != nil)
    }

    @Test("I9: an absurd next attempt does not lock the fleet out for longer than the greatest wait")
    func absurdNextAttempt() async throws {
        let fleet = try Fleet(1)
        foreign(fleet, .open, nextAttempt: .seconds(1_000_000_000))
        #expect(await fleet[0].rejection() != nil)
        fleet.clock.advance(by: .seconds(300))
        #expect(await fleet[0].succeeds())
    }

    @Test("I9: what we write shows it the state, the next attempt and the counts")
    func attributes() async throws {
        let fleet = try Fleet(1)
        await fleet.trip()
        var shared = try await fleet.record().shared
        #expect(shared.circuitState == .open && shared.failureCount == 3 && shared.consecutiveOpens == 0)
        #expect(shared.nextAttempt == fleet.clock.now.advanced(by: .seconds(10)) && shared.stateTimestamp == fleet.clock.now)
        fleet.clock.advance(by: .seconds(10))
        await fleet[0].succeeds()
        shared = try await fleet.record().shared
        #expect(shared.circuitState == .halfOpen && shared.successCount == 1)
        await fleet[0].fails()
        shared = try await fleet.record().shared
        #expect(shared.circuitState == .open && shared.consecutiveOpens == 1)
    }
}
