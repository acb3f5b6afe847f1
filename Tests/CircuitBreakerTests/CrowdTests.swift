//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreakerTesting
import Synchronization
import Testing

@testable import CircuitBreaker

// More calls at once than a machine can serve in time: that is no fault of the store.
@Suite("Crowds", .timeLimit(.minutes(2)))
struct CrowdTests {
    private struct Broken: Error {}

    // As a store on a network answers: after a while, on another thread.
    private struct NetworkStore: CircuitStore {
        let memory = InMemoryStore()

        func read(_ id: String, consistent: Bool) async throws(StoreError) -> CircuitRecord? {
            await pause()
            return try await memory.read(id, consistent: consistent)
        }

        func report(_ report: CircuitReport, to id: String) async throws(StoreError) -> ReportResult {
            await pause()
            return try await memory.report(report, to: id)
        }

        func change(_ change: CircuitChange, of id: String) async throws(StoreError) -> ChangeResult {
            await pause()
            return try await memory.change(change, of: id)
        }

        private func pause() async {
            for _ in 0..<8 { await Task.yield() }
        }
    }

    @Test("50,000 calls at once lose no healthy store", arguments: [false, true])
    func fiftyThousand(failing: Bool) async throws {
        let breaker = try CircuitBreaker("crowd", store: NetworkStore(), policy: .failures(100_000, within: .seconds(60)))
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<50_000 {
                group.addTask {
                    _ = await breaker.result { () async throws in
                        var sum = 0
                        for value in 0..<20_000 { sum &+= value ^ number }
                        if failing || sum == .min { throw Broken() }
                    }
                }
            }
        }
        let counts = breaker.counts
        #expect(counts.storeFailures == 0, "\(counts)")
        #expect(counts.succeeded + counts.failed == 50_000)
    }

    // Runs a task only when the test says so: what happens meanwhile comes before the task's next turn.
    private final class BusyExecutor: TaskExecutor {
        private let jobs = Mutex<[UnownedJob]>([])

        var isAskedForATurn: Bool { jobs.withLock { !$0.isEmpty } }

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            jobs.withLock { $0.append(job) }
        }

        func takeTurn() {
            let turn = jobs.withLock { jobs in
                defer { jobs = [] }
                return jobs
            }
            for job in turn { job.runSynchronously(on: asUnownedTaskExecutor()) }
        }
    }

    @Test("an answer that comes after a call's wait has timed out, but before the call has its turn, is an answer")
    func answerBeforeTheTurn() async throws {
        let clock = ManualClock()
        let store = FaultyStore(InMemoryStore(clock: clock), clock: clock)
        let configuration = CircuitBreaker.Configuration(policy: .failures(100, within: .seconds(60), share: 0))
        let breaker = try CircuitBreaker("crowd", store: store, configuration: configuration, clock: clock)
        await breaker.succeeds()
        let (first, second) = (Gate(), Gate())
        store.inject { verb, number in verb == .report ? .hold(number == 1 ? first : second) : nil }

        // A call waits 25 ms for its report.
        let executor = BusyExecutor()
        let hasEnded = Atomic(false)
        let late = Task(executorPreference: executor) {
            await breaker.fails()
            hasEnded.store(true, ordering: .sequentiallyConsistent)
        }
        while breaker.waiters < 1 {
            executor.takeTurn()
            await Task.yield()
        }
        await clock.untilSleeping(2)
        clock.advance(by: .milliseconds(10))
        // Another waits after it, and so is woken after it.
        let next = Task { await breaker.fails() }
        while breaker.waiters < 2 { await Task.yield() }
        clock.advance(by: .milliseconds(15))
        while !executor.isAskedForATurn { await Task.yield() }

        // The answer comes, and the next report is on its way before the first call has its turn.
        first.open()
        while store.requests(.report) < 2 { await Task.yield() }
        while !hasEnded.load(ordering: .sequentiallyConsistent) {
            executor.takeTurn()
            await Task.yield()
        }
        #expect(!breaker.state.withLock { $0.session.machine.store.isFailing })
        second.open()
        _ = await (late.value, next.value)
    }
}
