//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerTesting
import Testing

@Suite("Trip policies")
struct PolicyTests {
    @Test("failures within a window: older ones do not count, and none is forgotten early")
    func window() async throws {
        let fleet = try Fleet(1)
        await fleet[0].fails()
        fleet.clock.advance(by: .milliseconds(59_999))
        await fleet[0].fails()
        #expect(try await fleet.record().window.buckets.count == 2)
        await fleet[0].fails()
        #expect(try await fleet.record().state == .open)

        let other = try Fleet(1)
        await other[0].fails()
        other.clock.advance(by: .seconds(80))
        await other[0].fails()
        await other[0].fails()
        #expect(try await other.record().state == .closed)
        #expect(try await other.record().window.buckets.count == 1)
    }

    @Test("failures of all environments count together")
    func fleetWide() async throws {
        let fleet = try Fleet(3)
        for breaker in fleet.breakers { await breaker.fails() }
        let record = try await fleet.record()
        #expect(record.state == .open)
        #expect(record.reason == .failures(count: 3, threshold: 3, within: .seconds(60), calls: 3))
        fleet.ageViews()
        let rejection = await fleet[0].rejection()
        #expect(rejection?.reason == .open(record.reason))
        #expect(rejection?.retryAfter == .milliseconds(8999))
        #expect(rejection?.state == .open)
    }

    @Test("consecutive failures: a success of any environment starts the count over, and writes only when there is something to forget")
    func consecutive() async throws {
        let fleet = try Fleet(2, .init(policy: .consecutiveFailures(3)))
        await fleet[0].succeeds()
        await fleet[0].succeeds()
        #expect(fleet.store.requests(.report) == 0)
        await fleet[0].fails()
        await fleet[0].fails()
        fleet.ageViews()
        await fleet[1].succeeds()
        #expect(try await fleet.record().failureStreak == 0)
        await fleet[0].fails()
        await fleet[0].fails()
        #expect(try await fleet.record().state == .closed)
        await fleet[1].fails()
        #expect(try await fleet.record().reason == .consecutiveFailures(count: 3, threshold: 3))
    }

    @Test("failure rate: healthy calls of the past count too, though nobody had written them")
    func rate() async throws {
        let fleet = try Fleet(1, .init(policy: .failureRate(0.5, minimumCalls: 10, within: .seconds(60))))
        for _ in 0..<20 { await fleet[0].succeeds() }
        #expect(fleet.store.requests(.report) == 0)
        for _ in 0..<19 { await fleet[0].fails() }
        #expect(try await fleet.record().state == .closed)
        await fleet[0].fails()
        #expect(try await fleet.record().reason == .failureRate(failures: 20, calls: 40, threshold: 0.5))
    }

    @Test("failure rate: below the minimum of calls nothing is concluded")
    func minimumCalls() async throws {
        let fleet = try Fleet(1, .init(policy: .failureRate(0.5, minimumCalls: 10, within: .seconds(60))))
        for _ in 0..<9 { await fleet[0].fails() }
        #expect(try await fleet.record().state == .closed)
        await fleet[0].fails()
        #expect(try await fleet.record().state == .open)
    }

    @Test("failure rate: environments without failures report once per slice while the window shows failures, and are silent when it shows none")
    func successReports() async throws {
        let fleet = try Fleet(2, .init(policy: .failureRate(0.9, minimumCalls: 1000, within: .seconds(60))))
        await fleet[0].fails()
        // In the first slice hardly any, since nobody knows yet how many environments there are.
        fleet.clock.advance(by: .seconds(10))
        for slice in 1...4 {
            for _ in 0..<30 {
                await fleet[1].succeeds()
                fleet.clock.advance(by: .milliseconds(200))
            }
            #expect((slice - 1...slice + 1).contains(fleet.store.requests(.report)))
        }
        fleet.clock.advance(by: .seconds(70))
        let reports = fleet.store.requests(.report)
        for _ in 0..<50 { await fleet[1].succeeds() }
        #expect(fleet.store.requests(.report) == reports)
    }

    @Test("slow calls open the circuit, and a slow probe does not close it")
    func slowCalls() async throws {
        let policy = TripPolicy.failures(100, within: .seconds(60)).orSlowCalls(0.5, longerThan: .seconds(1), minimumCalls: 4)
        let fleet = try Fleet(1, .init(policy: policy))
        let clock = fleet.clock
        for _ in 0..<2 { await fleet[0].succeeds() }
        for _ in 0..<2 { try await fleet[0].run { clock.advance(by: .milliseconds(1001)) } }
        #expect(try await fleet.record().reason == .slowCallRate(slowCalls: 2, calls: 4, threshold: 0.5))
        #expect(fleet[0].counts.slow == 2)
        clock.advance(by: .seconds(10))
        try await fleet[0].run { clock.advance(by: .milliseconds(1001)) }
        #expect(try await fleet.record().reason == .probeFailed(consecutiveOpens: 1))
    }

    @Test("minimum reporters: one environment opens for itself alone until others see failures too")
    func reporters() async throws {
        let fleet = try Fleet(3, .init(policy: .failures(3, within: .seconds(60)).minimumReporters(2)))
        for breaker in fleet.breakers { await breaker.succeeds() }
        await fleet.trip()
        #expect(try await fleet.record().state == .closed)
        #expect(await fleet[0].rejection() != nil)
        #expect(await fleet[1].succeeds())
        await fleet[1].fails()
        #expect(try await fleet.record().state == .open)
        #expect(try await fleet.record().reason == .failures(count: 4, threshold: 3, within: .seconds(60), calls: 7))
    }

    @Test("minimum reporters: an environment that opened for itself alone recovers by itself")
    func reporterRecovers() async throws {
        let fleet = try Fleet(2, .init(policy: .failures(3, within: .seconds(60)).minimumReporters(2)))
        await fleet.trip()
        fleet.clock.advance(by: .seconds(10))
        #expect(await fleet[0].succeeds())
        #expect(await fleet[0].succeeds())
        #expect(await fleet[0].succeeds())
        #expect(fleet[0].view.state == .closed)
    }

    @Test("a bare count writes nothing while healthy, a share hardly ever, and both read only when the view is old", arguments: [(0.0, 0), (0.2, 6)])
    func healthyCost(share: Double, writes: Int) async throws {
        let fleet = try Fleet(1, .init(policy: .failures(3, within: .seconds(60), share: share)))
        for _ in 0..<1000 {
            await fleet[0].succeeds()
            fleet.clock.advance(by: .milliseconds(100))
        }
        #expect(fleet.store.requests(.report) <= writes)
        #expect(fleet.store.requests(.change) == 0)
        #expect(fleet.store.requests(.read) <= 100)
    }

    @Test("rejections are not counted as failures and do not prolong the open time")
    func rejectionsDoNotCount() async throws {
        let fleet = try Fleet(1)
        await fleet.trip()
        let before = try await fleet.record()
        for _ in 0..<50 {
            fleet.clock.advance(by: .milliseconds(100))
            #expect(await !fleet[0].fails())
        }
        let after = try await fleet.record()
        #expect(after == before)
    }
}

@Suite("Recovery")
struct RecoveryTests {
    @Test("the open time doubles with each failed probe up to the greatest")
    func backoff() async throws {
        let fleet = try Fleet(1)
        await fleet.trip()
        for seconds in [10, 20, 40, 60, 60] {
            let wait = Timestamp(milliseconds: fleet.clock.now.milliseconds + Int64(seconds) * 1000)
            #expect(try await fleet.record().nextAttempt == wait)
            fleet.clock.advance(by: .seconds(seconds))
            await fleet[0].fails()
        }
        #expect(try await fleet.record().reason == .probeFailed(consecutiveOpens: 5))
    }

    @Test("jitter shortens the open time by at most its share, and differs")
    func jitter() async throws {
        var waits: Set<Duration> = []
        for environment in 0..<20 {
            let fleet = try Fleet(20, .init(policy: .failures(1, within: .seconds(60)), recovery: .init(jitter: 0.4)))
            await fleet[environment].fails()
            let wait = fleet.clock.now.duration(to: try await fleet.record().nextAttempt)
            #expect((.seconds(6) ... .seconds(10)).contains(wait))
            waits.insert(wait)
        }
        #expect(waits.count > 5)
    }

    @Test("a failure's own retryAfter wins over a shorter open time, up to the limit", arguments: [(5, 10), (30, 30), (900, 300)])
    func retryAfter(asked: Int, waited: Int) async throws {
        let fleet = try Fleet(1, .init(policy: .failures(1, within: .seconds(60))))
        await fleet[0].fails(Busy(retryAfter: .seconds(asked)))
        #expect(fleet.clock.now.duration(to: try await fleet.record().nextAttempt) == .seconds(waited))
        #expect(await fleet[0].rejection()?.retryAfter == .seconds(waited))
    }

    @Test("a retryAfter that is over when the circuit opens does not count")
    func oldRetryAfter() async throws {
        let fleet = try Fleet(1, .init(policy: .failures(2, within: .seconds(600))))
        await fleet[0].fails(Busy(retryAfter: .seconds(60)))
        fleet.clock.advance(by: .seconds(55))
        await fleet[0].fails()
        #expect(fleet.clock.now.duration(to: try await fleet.record().nextAttempt) == .seconds(10))
    }

    @Test("a retryAfter of a failed probe wins as well")
    func probeRetryAfter() async throws {
        let fleet = try Fleet(1)
        await fleet.trip()
        fleet.clock.advance(by: .seconds(10))
        await fleet[0].fails(Busy(retryAfter: .seconds(45)))
        #expect(fleet.clock.now.duration(to: try await fleet.record().nextAttempt) == .seconds(45))
    }

    @Test("successes of different environments close the circuit together")
    func sharedSuccesses() async throws {
        let fleet = try Fleet(3, .init(policy: .failures(3, within: .seconds(60)), recovery: .init(successesToClose: 3)))
        await fleet.trip()
        fleet.clock.advance(by: .seconds(10))
        await fleet[0].succeeds()
        #expect(try await fleet.record().state == .halfOpen)
        await fleet[1].succeeds()
        await fleet[2].succeeds()
        let record = try await fleet.record()
        #expect(record.state == .closed)
        #expect(record.reason == .probesSucceeded(count: 3))
        #expect(record.consecutiveOpens == 0)
    }

    @Test("while the ramp lasts, a growing share of calls is admitted")
    func ramp() async throws {
        let fleet = try Fleet(1, .init(policy: .failures(3, within: .seconds(60)), recovery: .init(ramp: .seconds(100))))
        await fleet.trip()
        fleet.clock.advance(by: .seconds(10))
        await fleet[0].succeeds()
        await fleet[0].succeeds()
        #expect(try await fleet.record().state == .closed)
        for (second, range) in [(10, 50...150), (50, 430...570), (90, 850...950)] {
            fleet.clock.advance(by: fleet.clock.now.duration(to: try await fleet.record().since.advanced(by: .seconds(second))))
            var admitted = 0
            for _ in 0..<1000 where await fleet[0].succeeds() { admitted += 1 }
            #expect(range.contains(admitted), "\(admitted) of 1000 at \(second) s")
        }
        fleet.clock.advance(by: .seconds(11))
        for _ in 0..<100 { #expect(await fleet[0].succeeds()) }
    }

    @Test("a probe that takes longer than its lease times out and counts as failed")
    func lease() async throws {
        let fleet = try Fleet(1)
        await fleet.trip()
        fleet.clock.advance(by: .seconds(10))
        let clock = fleet.clock
        let task = Task { try await fleet[0].run { try await clock.sleep(for: .seconds(60)) } }
        await clock.untilSleeping(2)
        clock.advance(by: .seconds(10))
        await #expect(throws: CircuitBreakerError.self) { try await task.value }
        #expect(try await fleet.record().reason == .probeFailed(consecutiveOpens: 1))
        #expect(fleet[0].counts.timedOut == 1)
    }

    @Test("a permit's success counts with the duration that its holder measured, not with the time since the permit")
    func measuredDurations() async throws {
        let policy = TripPolicy.failures(100, within: .seconds(60)).orSlowCalls(0.5, longerThan: .seconds(1), minimumCalls: 4)
        let fleet = try Fleet(1, .init(policy: policy))
        for _ in 0..<4 {
            let permit = try await fleet[0].permit()
            fleet.clock.advance(by: .seconds(5))
            await permit.succeed(after: .milliseconds(1000))
        }
        #expect(try await fleet.record().state == .closed)
        #expect(fleet[0].counts.slow == 0)
        for _ in 0..<4 { try await fleet[0].permit().succeed(after: .milliseconds(1001)) }
        #expect(fleet[0].counts.slow == 4)
        #expect(try await fleet.record().state == .open)
    }
}
