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

    // As it does: it counts in the copy that it loaded when its call began, and saves all of it.
    func load(_ fleet: Fleet) async throws -> CircuitRecord.Shared {
        var copy = try await fleet.record().shared
        if copy.circuitState == .closed, fleet.clock.now.since(copy.lastFailureTime) > 60_000 { copy.failureCount = 0 }
        return copy
    }

    func save(_ copy: CircuitRecord.Shared, _ fleet: Fleet, fails: Bool) {
        var copy = copy
        let now = fleet.clock.now
        if fails {
            copy.failureCount += 1
            copy.lastFailureTime = now
            if copy.failureCount >= 3 { (copy.circuitState, copy.nextAttempt) = (.open, now.advanced(by: .seconds(10))) }
        }
        copy.stateTimestamp = now
        fleet.memory.overwrite("test") { $0.shared = copy }
    }

    func foreignFailure(_ fleet: Fleet) async throws {
        save(try await load(fleet), fleet, fails: true)
    }

    @Test("I9: of three failures at a threshold of three, it does not matter whose they are", arguments: 0...3)
    func together(theirs: Int) async throws {
        // In every order: bit by bit, whether the failure is one of its own.
        for order in 0..<8 where order.nonzeroBitCount == theirs {
            let fleet = try Fleet(3)
            for turn in 0..<3 {
                fleet.clock.advance(by: .milliseconds(1001))
                if order >> turn & 1 == 1 { try await foreignFailure(fleet) } else { #expect(await fleet[turn].fails()) }
            }
            fleet.ageViews()
            #expect(await fleet[0].rejection() != nil, "\(order)")
            let record = try await fleet.record()
            #expect(record.state == .open && record.shared.circuitState == .open, "\(order)")
        }
    }

    @Test("I9: its failures are forgotten when the window is over, though ours go on")
    func theirsAgeToo() async throws {
        let fleet = try Fleet(1)
        try await foreignFailure(fleet)
        for _ in 0..<10 {
            fleet.clock.advance(by: .seconds(40))
            #expect(await fleet[0].fails())
        }
        fleet.ageViews()
        #expect(await fleet[0].succeeds())
        #expect(try await fleet.record().shared.failureCount == 2)
    }

    @Test("I9: ours are forgotten when the window is over, in what it sees too")
    func oursAgeToo() async throws {
        let fleet = try Fleet(1)
        for _ in 0..<10 {
            #expect(await fleet[0].fails())
            fleet.clock.advance(by: .seconds(40))
        }
        #expect(try await fleet.record().shared.failureCount == 2)
    }

    @Test("I9: a slow success of its own saves a count of before the circuit closed, which opens nothing")
    func staleCount() async throws {
        let fleet = try Fleet(1)
        await fleet[0].fails()
        await fleet[0].fails()
        let slow = try await load(fleet)
        #expect(slow.failureCount == 2)
        await fleet[0].fails()
        fleet.clock.advance(by: .seconds(10))
        while try await fleet.record().state != .closed { #expect(await fleet[0].succeeds()) }
        fleet.clock.advance(by: .seconds(1))
        save(slow, fleet, fails: false)
        // The first is added to the count that it took for the present one, the second puts it right.
        for _ in 0..<2 {
            await fleet[0].fails()
            #expect(await fleet[0].succeeds())
            fleet.ageViews()
        }
        let record = try await fleet.record()
        #expect(record.state == .closed && record.shared.failureCount == 2)
    }

    @Test("I9: after a save of its own took our failures away, the next of ours shows them all again")
    func lostUpdate() async throws {
        let fleet = try Fleet(1)
        let slow = try await load(fleet)
        await fleet[0].fails()
        save(slow, fleet, fails: false)
        #expect(try await fleet.record().shared.failureCount == 0)
        fleet.ageViews()
        await fleet[0].fails()
        #expect(try await fleet.record().shared.failureCount == 2)
        try await foreignFailure(fleet)
        fleet.ageViews()
        #expect(await fleet[0].rejection() != nil)
    }

    @Test("I9: failures that are no share of our calls are not shown to it, who knows no share")
    func noShare() async throws {
        let configuration = CircuitBreaker.Configuration(policy: .failures(3, within: .seconds(60), share: 0.5))
        let fleet = try Fleet(1, configuration)
        for turn in 0..<40 {
            if turn % 8 == 7 { #expect(await fleet[0].fails()) } else { #expect(await fleet[0].succeeds()) }
        }
        #expect(try await fleet.record().shared.failureCount == 0)
        try await foreignFailure(fleet)
        fleet.ageViews()
        #expect(await fleet[0].succeeds())
    }

    @Test("I9: a count out of range opens a circuit once at most", arguments: [Int.min, -1, .max])
    func absurdCount(count: Int) async throws {
        let fleet = try Fleet(1)
        await fleet[0].fails()
        let now = fleet.clock.now
        fleet.memory.overwrite("test") { ($0.shared.failureCount, $0.shared.lastFailureTime) = (count, now) }
        fleet.ageViews()
        guard count > 0 else {
            #expect(await fleet[0].fails())
            #expect(await fleet[0].succeeds())
            return
        }
        #expect(await fleet[0].rejection() != nil)
        fleet.clock.advance(by: .seconds(10))
        while try await fleet.record().state != .closed { #expect(await fleet[0].succeeds()) }
        #expect(await fleet[0].fails())
        #expect(await fleet[0].succeeds())
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
