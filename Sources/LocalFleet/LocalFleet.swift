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
    struct State {
        var pool: EnvironmentPool
        var services: [Int: UnreliableService] = [:]
        var answers: [ServiceOutcome: Int] = [:]
        var retired = CircuitBreaker.Counts()
        var lastRecycled: [Int] = []

        mutating func retire(_ numbers: [Int]) {
            for number in numbers {
                if let service = services.removeValue(forKey: number) { retired += service.breaker.counts }
            }
            if !numbers.isEmpty { lastRecycled = (lastRecycled + numbers).suffix(Self.remembered) }
        }

        private static let remembered = 20
    }

    // Where a request goes; without a number, all environments were busy.
    struct Place {
        var number: Int?
        var warm: UnreliableService?
        var at: Timestamp
    }

    let state: Mutex<State>
    let clock: any CircuitClock
    private let functionTimeout: Duration
    private let start: @Sendable (EnvironmentID) throws(ConfigurationError) -> UnreliableService
    private let tell: (@Sendable (FleetCall) -> Void)?

    // `functionTimeout` is when Lambda would end an invocation; `start` makes an environment, and is tried once at once; `tell` hears of each request.
    package init(
        capacity: Int,
        idleLimit: Duration,
        functionTimeout: Duration,
        clock: any CircuitClock = WallClock(),
        tell: (@Sendable (FleetCall) -> Void)? = nil,
        start: @escaping @Sendable (EnvironmentID) throws(ConfigurationError) -> UnreliableService
    ) throws(ConfigurationError) {
        try ConfigurationError.check("environments", capacity, in: 1...100_000)
        try ConfigurationError.check("idle time", idleLimit)
        try ConfigurationError.check("function timeout", functionTimeout)
        _ = try start(.random())
        state = Mutex(State(pool: EnvironmentPool(capacity: capacity, idleLimit: idleLimit)))
        self.clock = clock
        self.functionTimeout = functionTimeout
        self.tell = tell
        self.start = start
    }

    // The answer of the HTTP API in front of the fleet; nil: all environments are busy, and there may not be more.
    package func handle(_ request: ServiceRequest) async -> ServiceResponse? {
        let now = clock.now
        return await serve(request, at: state.withLock { $0.place(at: now) }).response
    }

    // Requests that arrive in the same instant: each meets an environment of its own.
    package func handle(burst requests: [ServiceRequest]) async -> [FleetCall] {
        let now = clock.now
        let places = state.withLock { state in requests.map { _ in state.place(at: now) } }
        return await withTaskGroup(of: FleetCall.self) { group in
            for (request, place) in zip(requests, places) {
                group.addTask { await self.serve(request, at: place).call }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    private func serve(_ request: ServiceRequest, at place: Place) async -> (response: ServiceResponse?, call: FleetCall) {
        var call = FleetCall(environment: place.number, outcome: nil, start: place.at, end: place.at)
        defer { tell?(call) }
        guard let number = place.number else { return (nil, call) }
        guard let service = place.warm ?? (try? start(EnvironmentID(rawValue: "local-\(number)"))) else {
            state.withLock { $0.pool.release(number, at: clock.now) }
            call.outcome = .unused
            return (ServiceResponse(message: "Internal Server Error", status: 500, outcome: .unused), call)
        }
        if place.warm == nil {
            // As a function does in its init phase. Without a view the circuit decides anyway.
            try? await service.breaker.prepare()
            state.withLock { $0.services[number] = service }
        }
        // One request at a time: a probe more in the counts is this one.
        let probes = tell == nil ? 0 : service.breaker.counts.probes
        let response = await service.handle(request, deadline: clock.now.advanced(by: functionTimeout))
        call.isProbe = tell != nil && service.breaker.counts.probes > probes
        call.outcome = response.outcome
        call.end = clock.now
        state.withLock { state in
            state.answers[response.outcome, default: 0] += 1
            state.pool.release(number, at: call.end)
        }
        return (response, call)
    }
}

extension LocalFleet.State {
    mutating func place(at now: Timestamp) -> LocalFleet.Place {
        let action = pool.invoke(at: now)
        retire(action.recycled)
        return switch action.placement {
        case .reuse(let number): .init(number: number, warm: services[number], at: now)
        case .start(let number): .init(number: number, at: now)
        case .throttle: .init(at: now)
        }
    }
}
