//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import CircuitBreaker
import Synchronization
package import UnreliableService

// Environments that behave as Lambda's do, in one process: each with a breaker of its own, all sharing one store.
package final class LocalFleet: Sendable {
    private struct State {
        var pool: EnvironmentPool
        var services: [Int: UnreliableService] = [:]
        var answers: [ServiceOutcome: Int] = [:]
        var retired = CircuitBreaker.Counts()

        mutating func retire(_ numbers: [Int]) {
            for number in numbers {
                if let service = services.removeValue(forKey: number) { retired += service.breaker.counts }
            }
        }
    }

    private let state: Mutex<State>
    private let clock: any CircuitClock
    private let functionTimeout: Duration
    private let start: @Sendable (EnvironmentID) throws(ConfigurationError) -> UnreliableService

    // `functionTimeout` is when Lambda would end an invocation; `start` makes an environment, and is tried once at once.
    package init(
        capacity: Int,
        idleLimit: Duration,
        functionTimeout: Duration,
        clock: any CircuitClock = WallClock(),
        start: @escaping @Sendable (EnvironmentID) throws(ConfigurationError) -> UnreliableService
    ) throws(ConfigurationError) {
        try ConfigurationError.check("environments", capacity, in: 1...100_000)
        try ConfigurationError.check("idle time", idleLimit)
        try ConfigurationError.check("function timeout", functionTimeout)
        _ = try start(.random())
        state = Mutex(State(pool: EnvironmentPool(capacity: capacity, idleLimit: idleLimit)))
        self.clock = clock
        self.functionTimeout = functionTimeout
        self.start = start
    }

    // The answer of the HTTP API in front of the fleet; nil: all environments are busy, and there may not be more.
    package func handle(_ request: ServiceRequest) async -> ServiceResponse? {
        let now = clock.now
        let (number, warm) = state.withLock { state -> (Int?, UnreliableService?) in
            let action = state.pool.invoke(at: now)
            state.retire(action.recycled)
            return switch action.placement {
            case .reuse(let number): (number, state.services[number])
            case .start(let number): (number, nil)
            case .throttle: (nil, nil)
            }
        }
        guard let number else { return nil }
        guard let service = warm ?? (try? start(EnvironmentID(rawValue: "local-\(number)"))) else {
            state.withLock { $0.pool.release(number, at: clock.now) }
            return ServiceResponse(message: "Internal Server Error", status: 500, outcome: .unused)
        }
        if warm == nil {
            // As a function does in its init phase. Without a view the circuit decides all the same.
            try? await service.breaker.prepare()
            state.withLock { $0.services[number] = service }
        }
        let response = await service.handle(request, deadline: clock.now.advanced(by: functionTimeout))
        state.withLock { state in
            state.answers[response.outcome, default: 0] += 1
            state.pool.release(number, at: clock.now)
        }
        return response
    }

    // Exact while no request is under way.
    package var counts: FleetCounts {
        state.withLock { state in
            state.retire(state.pool.recycle(at: clock.now))
            var counts = FleetCounts()
            counts.answers = state.answers
            counts.throttled = state.pool.throttled
            counts.outcomes = state.retired
            for service in state.services.values { counts.outcomes += service.breaker.counts }
            counts.busy = state.pool.busy.count
            counts.idle = state.pool.idle.count
            counts.started = state.pool.started
            counts.recycled = state.pool.recycled
            counts.mostAtOnce = state.pool.mostAtOnce
            return counts
        }
    }
}
