//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerTesting
import Synchronization
import Testing

// I5: HALF-OPEN ends while calls arrive, whatever its probes say or do not say.
@Suite("Probes that say nothing")
struct UnusedProbeTests {
    private func halfOpen(
        _ count: Int = 1,
        _ configuration: CircuitBreaker.Configuration = .init(policy: .failures(3, within: .seconds(60)))
    ) async throws -> Fleet {
        let fleet = try Fleet(count, configuration)
        await fleet.trip()
        fleet.clock.advance(by: .seconds(10))
        return fleet
    }

    @Test("I5: probes whose results are ignored open the circuit again after ten, and an hour of them costs few requests")
    func ignored() async throws {
        let fleet = try await halfOpen()
        for number in 1...10 {
            _ = try await fleet[0].run(judging: { _ in .ignored }) { 1 }
            #expect(try await fleet.record().unusedProbes == number % 10)
        }
        #expect(await fleet[0].rejection()?.reason == .open(.probesLost(count: 10)))
        let requests = fleet[0].counts.storeRequests
        for _ in 0..<3600 {
            _ = try? await fleet[0].run(judging: { _ in .ignored }) { 1 }
            fleet.clock.advance(by: .seconds(1))
        }
        // Two for each probe, of which there are ten in each minute at most, and one for each view.
        #expect(fleet[0].counts.storeRequests - requests < 3600 + 2 * 600)
        #expect(fleet[0].counts.returnedUnused < 700)
    }

    @Test("a success after nine of them closes the circuit as ever")
    func successAfterAll() async throws {
        let fleet = try await halfOpen()
        for _ in 0..<9 { _ = try await fleet[0].run(judging: { _ in .ignored }) { 1 } }
        await fleet[0].succeeds()
        await fleet[0].succeeds()
        #expect(try await fleet.record().state == .closed)
    }

    @Test("a call inside a probe of the same circuit is part of the probe, which closes the circuit")
    func nested() async throws {
        let fleet = try await halfOpen()
        let breaker = fleet[0]
        for _ in 0..<2 {
            let value = try await breaker.run {
                try await breaker.run(timeout: .seconds(1)) { try await breaker.run { 7 } }
            }
            #expect(value == 7)
        }
        #expect(try await fleet.record().state == .closed)
        #expect(breaker.counts.rejected == 0 && breaker.counts.probes == 2)
        #expect(breaker.counts.succeeded == 6)
    }

    @Test("a failure inside a probe is the probe's, once")
    func nestedFailure() async throws {
        let fleet = try await halfOpen()
        let breaker = fleet[0]
        await #expect(throws: Broken.self) {
            try await breaker.run { try await breaker.run { throw Broken() } }
        }
        let record = try await fleet.record()
        #expect(record.state == .open && record.consecutiveOpens == 1)
    }

    // Two environments of another circuit, in whose record a probe is due too.
    private func another(_ fleet: Fleet) async throws -> [CircuitBreaker] {
        let others = try (0..<2).map { number in
            try CircuitBreaker(
                "other",
                store: fleet.memory,
                configuration: fleet[0].configuration,
                environment: EnvironmentID(rawValue: "o\(number)"),
                clock: fleet.clock
            )
        }
        await fleet.trip()
        for _ in 0..<3 { await others[0].fails() }
        fleet.clock.advance(by: .seconds(10))
        return others
    }

    @Test("a call is part of a probe of its circuit, whatever other circuit's probe is between them")
    func nestedInAnother() async throws {
        let fleet = try Fleet(1)
        let (breaker, other) = (fleet[0], try await another(fleet)[0])
        let value = try await breaker.run { try await other.run { try await breaker.run { 7 } } }
        #expect(value == 7)
        #expect(breaker.counts.probes == 1 && other.counts.probes == 1)
    }

    @Test("I3: a call inside another circuit's probe is no part of it")
    func insideAnother() async throws {
        let fleet = try Fleet(1)
        let others = try await another(fleet)
        let gate = Gate()
        let probe = Task { try await others[0].run { await gate.pass() } }
        await gate.untilHolding(1)
        let rejection = try await fleet[0].run { await others[1].rejection() }
        #expect(rejection?.reason == .probing)
        gate.open()
        try await probe.value
    }

    @Test("I3: a task that a probe began and that outlives it is no part of it")
    func outliving() async throws {
        let fleet = try await halfOpen(1, .init(policy: .failures(3, within: .seconds(60)), recovery: .init(successesToClose: 3)))
        let breaker = fleet[0]
        let (inner, outer) = (Gate(), Gate())
        let late = try await breaker.run {
            Task {
                await inner.pass()
                return await breaker.rejection()
            }
        }
        // Another probe holds the slot.
        let probe = Task { try await breaker.run { await outer.pass() } }
        await outer.untilHolding(1)
        inner.open()
        #expect(await late.value?.reason == .probing)
        outer.open()
        try await probe.value
    }

    @Test("I3: when a probe's lease is over, a call inside it is no part of it: the slot is another's by then")
    func afterTheLease() async throws {
        let fleet = try await halfOpen(2, .init(policy: .failures(3, within: .seconds(60)), recovery: .init(successesToClose: 3)))
        let (breaker, other, clock) = (fleet[0], fleet[1], fleet.clock)
        let (inner, outer) = (Gate(), Gate())
        let rejection = Mutex<Rejection?>(nil)
        // Its operation does not respond to cancellation, nor does a task that it begins.
        let probe = Task {
            await breaker.result {
                await inner.pass()
                let seen = await Task { await breaker.rejection() }.value
                rejection.withLock { $0 = seen }
            }
        }
        await inner.untilHolding(1)
        clock.advance(by: .seconds(12))
        while try await fleet.record().state != .open { await Task.yield() }
        clock.advance(by: .seconds(30))
        let next = Task { try await other.run { await outer.pass() } }
        await outer.untilHolding(1)
        inner.open()
        _ = await probe.value
        outer.open()
        try await next.value
        #expect(rejection.withLock { $0?.reason } == .probing)
    }

    @Test("calls that their caller gives up after the slow limit are slow: fifty of them open the circuit")
    func abandoned() async throws {
        let policy = TripPolicy.failures(100, within: .seconds(60)).orSlowCalls(0.5, longerThan: .seconds(1), minimumCalls: 10)
        let fleet = try Fleet(1, .init(policy: policy))
        for _ in 0..<12 {
            let gate = Gate()
            let call = Task { [fleet] in
                try await fleet[0].run {
                    await gate.pass()
                    try Task.checkCancellation()
                }
            }
            await gate.untilHolding(1)
            fleet.clock.advance(by: .seconds(2))
            call.cancel()
            gate.open()
            _ = await call.result
            if try await fleet.record().state == .open { break }
        }
        #expect(try await fleet.record().state == .open)
    }
}
