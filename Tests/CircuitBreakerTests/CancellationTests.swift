//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerTesting
import Testing

// I10: cancelling the caller, at any await, leaks no permit.
@Suite("Cancellation")
struct CancellationTests {
    let fleet: Fleet

    init() throws {
        fleet = try Fleet(2)
    }

    // Trips the circuit and waits until a probe is due.
    private func untilProbeIsDue() async {
        await fleet.trip()
        fleet.clock.advance(by: .seconds(10))
    }

    private func expectNoSlotHeld() async throws {
        #expect(try await fleet.record().slots.isEmpty)
        #expect(await fleet[1].succeeds())
    }

    @Test("I10: cancelled before it began, run neither asks the store nor calls")
    func beforeAll() async throws {
        let task = Task { [fleet] in
            withUnsafeCurrentTask { $0?.cancel() }
            try await fleet[0].run { _ = Issue.record("called") }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(fleet[0].counts.storeRequests == 0)
    }

    @Test("I10: cancelled while the view is read", arguments: [true, false])
    func whileReading(withRun: Bool) async throws {
        let gate = Gate()
        fleet.store.inject(.hold(gate), on: [.read])
        let task = Task { [fleet] in
            if withRun {
                _ = try await fleet[0].run { 1 }
            } else {
                try await fleet[0].permit().cancel()
            }
        }
        await gate.untilHolding()
        task.cancel()
        gate.open()
        await #expect(throws: (any Error).self) { try await task.value }
        fleet.store.heal()
        #expect(fleet[0].counts.ended == 0)
        #expect(await fleet[0].succeeds())
    }

    @Test("I10: cancelled while another call reads for both")
    func whileJoining() async throws {
        let gate = Gate()
        fleet.store.inject(.hold(gate), on: [.read])
        let first = Task { [fleet] in await fleet[0].succeeds() }
        await gate.untilHolding()
        let second = Task { [fleet] in try await fleet[0].run { 2 } }
        while fleet[0].counts.storeRequests < 1 { await Task.yield() }
        while fleet[0].waiters < 1 { await Task.yield() }
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        gate.open()
        #expect(await first.value)
    }

    @Test("I10: cancelled while the slot is taken: it is returned", arguments: [true, false])
    func whileTakingASlot(withRun: Bool) async throws {
        await untilProbeIsDue()
        let gate = Gate()
        fleet.store.inject { verb, _ in verb == .change ? .hold(gate) : nil }
        let task = Task { [fleet] in
            if withRun {
                _ = try await fleet[0].run { _ = Issue.record("called") }
            } else {
                try await fleet[0].permit().succeed()
                Issue.record("a permit for a cancelled task")
            }
        }
        await gate.untilHolding()
        task.cancel()
        fleet.store.heal()
        gate.open()
        await #expect(throws: (any Error).self) { try await task.value }
        try await expectNoSlotHeld()
        #expect(fleet[0].counts.returnedUnused == 1)
    }

    @Test("I10: cancelled in the operation: the probe is returned unused, and its error reaches the caller")
    func inTheOperation() async throws {
        await untilProbeIsDue()
        let started = Gate()
        let clock = fleet.clock
        let task = Task { [fleet] in
            try await fleet[0].run {
                started.open()
                try await clock.sleep(for: .seconds(5))
            }
        }
        await started.pass()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        try await expectNoSlotHeld()
        #expect(fleet[0].counts.failed == 3 && fleet[0].counts.returnedUnused == 1)
    }

    @Test("I10: cancelled in the operation with a time limit")
    func inTheLimitedOperation() async throws {
        await untilProbeIsDue()
        let started = Gate()
        let clock = fleet.clock
        let task = Task { [fleet] in
            try await fleet[0].run(timeout: .seconds(5)) {
                started.open()
                try await clock.sleep(for: .seconds(9))
            }
        }
        await started.pass()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        try await expectNoSlotHeld()
    }

    @Test("I10: cancelled while the outcome is written: it is written anyway")
    func whileSettling() async throws {
        await untilProbeIsDue()
        let gate = Gate()
        let task = Task { [fleet] in
            try await fleet[0].run {
                fleet.store.inject { verb, _ in verb == .change ? .hold(gate) : nil }
            }
        }
        await gate.untilHolding()
        task.cancel()
        fleet.store.heal()
        gate.open()
        try await task.value
        #expect(try await fleet.record().successCount == 1)
        try await expectNoSlotHeld()
    }

    @Test("I10: cancelled while a failure is reported: the window has it")
    func whileReporting() async throws {
        let gate = Gate()
        await fleet[0].succeeds()
        fleet.store.inject(.hold(gate), on: [.report])
        let task = Task { [fleet] in await fleet[0].fails() }
        await gate.untilHolding()
        task.cancel()
        gate.open()
        _ = await task.value
        #expect(try await fleet.record().window.buckets.map(\.tally.failures) == [1])
    }

    @Test("I10: the fallback is not asked for a caller that was cancelled")
    func fallback() async throws {
        let started = Gate()
        let clock = fleet.clock
        let task = Task { [fleet] in
            try await fleet[0].run {
                started.open()
                try await clock.sleep(for: .seconds(5))
                return 1
            } fallback: { _ in
                Issue.record("asked")
                return 2
            }
        }
        await started.pass()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("a permit that fails after its caller was cancelled says nothing about the dependency, as run has it")
    func permitOfACancelledCaller() async throws {
        let fleet = try Fleet(1)
        try await Task {
            let permit = try await fleet[0].permit()
            withUnsafeCurrentTask { $0?.cancel() }
            await permit.fail(CancellationError())
        }.value
        #expect(fleet[0].counts.returnedUnused == 1 && fleet[0].counts.failed == 0)
        try await fleet[0].permit().fail(CancellationError())
        #expect(fleet[0].counts.failed == 1)
    }

    @Test("I10: a forgotten permit is returned, counted and no probe is blocked")
    func forgotten() async throws {
        await untilProbeIsDue()
        do {
            let permit = try await fleet[0].permit()
            let isProbe = permit.isProbe
            #expect(isProbe)
        }
        while try await !fleet.record().slots.isEmpty { await Task.yield() }
        #expect(fleet[0].counts.forgottenPermits == 1)
        try await expectNoSlotHeld()
    }
}
