//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Benchmark
import CircuitBreaker
import EngineEvents
import FleetSimulator
import Synchronization
import Workloads

// What a protected call costs beside the bare call and an uncontended lock. Divide a row by its calls: each iteration makes ten thousand on each thread, of probes a
// thousand. `make benchmark-calls` does that for the protected calls.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(metrics: [.wallClock], warmupIterations: 10, maxDuration: .seconds(2), maxIterations: 2000)
    let count = 10_000

    let lock = Lock()
    Benchmark("1 Mutex, lock and unlock") { _ in for _ in 0..<count { lock.mutex.withLock { $0 &+= 1 } } }

    for workload in Array(Workload.bases.values) + Workload.all {
        for threads in [1, 2] {
            let count = min(count, workload.count)
            Benchmark("2 \(workload.name), \(count) calls, \(threads) thread(s)") { benchmark, calls in
                benchmark.startMeasurement()
                await onThreads(threads) { await calls(count) }
            } setup: {
                try await workload.prepare()
            }
        }
    }

    for threads in [1, 2] {
        Benchmark("3 half-open: a probe that succeeds, \(threads) thread(s)") { benchmark, breaker in
            benchmark.startMeasurement()
            await onThreads(threads) { await Calls.probes(breaker, count / 10) }
        } setup: {
            try await Calls.halfOpened(probes: threads)
        }
        Benchmark("4 registry look-up, 10,000 circuits, \(threads) thread(s)") { benchmark, registry in
            benchmark.startMeasurement()
            await onThreads(threads) { Calls.lookUp(registry, count) }
        } setup: {
            try Calls.registry()
        }
    }

    // The engine alone, without locks, clocks and stores.
    for (name, isOpen) in [("8 engine: a success", false), ("8 engine: a rejection", true)] {
        Benchmark(name) { benchmark, engine in
            var engine = engine
            benchmark.startMeasurement()
            engine.succeed(count)
            blackHole(engine)
        } setup: {
            try EngineEvents(isOpen: isOpen)
        }
    }
    Benchmark("8 engine: a failure and its report") { benchmark, engine in
        var engine = engine
        benchmark.startMeasurement()
        engine.fail(count)
        blackHole(engine)
    } setup: {
        try EngineEvents()
    }

    // Ten thousand calls of a fleet in virtual time: all that happens around them included.
    for environments in [100, 1000, 10_000] {
        Benchmark("9 simulator: a call, \(environments) environments") { benchmark, simulation in
            benchmark.startMeasurement()
            blackHole(try simulation.run(.sharedCircuit))
        } setup: {
            try Calls.simulation(environments: environments, calls: count)
        }
    }
}

final class Lock: Sendable {
    let mutex = Mutex(0)
}

// The same work on each of some threads at once.
func onThreads(_ threads: Int, _ work: @escaping @Sendable () async -> Void) async {
    if threads == 1 { return await work() }
    await withDiscardingTaskGroup { group in
        for _ in 0..<threads { group.addTask { await work() } }
    }
}
