//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import LocalFleet
import Logging
import Synchronization
import UnreliableService

// What the page shows, and what it may do.
final class Dashboard: Sendable {
    static let path = "/dashboard"
    // Who gives the page's orders.
    static let author = "dashboard"

    // Another one after each start, so that a page knows a server that started over.
    let instance = EnvironmentID.random().rawValue
    let settings: ServiceSettings
    let server: ServerOptions
    let rules: CircuitRules
    let fleet: LocalFleet
    let store: InMemoryStore
    let log: StoryLog
    let load: LoadGenerator
    let clock: any CircuitClock
    let began: Timestamp
    // Nil: the service is somebody's own.
    let dependency: UnreliableDependency?
    let listeners = Mutex(0)
    private let commander: CircuitBreaker

    init(
        settings: ServiceSettings,
        server: ServerOptions,
        fleet: LocalFleet,
        store: InMemoryStore,
        log: StoryLog,
        dependency: UnreliableDependency?,
        logger: Logger,
        clock: any CircuitClock = WallClock()
    ) throws(ConfigurationError) {
        self.settings = settings
        self.server = server
        self.fleet = fleet
        self.store = store
        self.log = log
        self.dependency = dependency
        self.clock = clock
        began = clock.now
        load = LoadGenerator(fleet: fleet, clock: clock)
        rules = try CircuitRules(policy: settings.breaker.policy, recovery: settings.breaker.recovery, sharing: settings.breaker.sharing)
        commander = try CircuitBreaker(
            settings.circuit,
            store: log.observe(store, isOperator: true),
            configuration: settings.breaker,
            environment: EnvironmentID(rawValue: Self.author),
            clock: clock,
            logger: logger
        )
    }

    func perform(_ command: DashboardCommand) async throws(Refusal) -> DashboardAnswer {
        switch command {
        case .downstream(let mode, let percent, let latency):
            guard let dependency else {
                throw Refusal(
                    status: 409,
                    message: "the service is your own, at \(settings.upstream.map { "\($0)" } ?? "?"): make it better or worse there"
                )
            }
            dependency.change { behavior in
                if let mode { behavior.mode = mode }
                if let percent { behavior.successProbability = Double(percent) / 100 }
                if let latency { behavior.latency = .milliseconds(latency) }
            }
        case .load(let callsPerSecond):
            load.set(callsPerSecond: callsPerSecond)
        case .burst(let calls):
            return .burst(await fleet.handle(burst: Array(repeating: ServiceRequest(), count: calls)))
        case .order(let kind, let seconds, let why):
            let until = seconds.map { clock.now.advanced(by: .seconds($0)) }
            try await told { try await commander.give(CircuitOrder(kind, until: until, by: Self.author, why: why)) }
        case .lift:
            try await told { try await commander.liftOrder(by: Self.author) }
        case .reset(let why):
            try await told { try await commander.reset(by: Self.author, why: why) }
        }
        return .done
    }

    private func told(_ order: () async throws -> Void) async throws(Refusal) {
        do {
            try await order()
        } catch let error as ConfigurationError {
            throw Refusal(status: 400, message: "\(error)")
        } catch {
            throw Refusal(status: 503, message: "the store did not take the order: \(error)")
        }
    }
}
