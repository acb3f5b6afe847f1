//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import ArgumentParser
import CircuitBreaker
import LocalFleet
import Logging
import UnreliableService

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

struct LocalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "local",
        abstract: "Run a small HTTP service whose dependency often fails, behind a circuit that all its environments share.",
        discussion: """
            Answers on 127.0.0.1 as the deployed HTTP API would: {"message":"Success"}, or {"message":"Fallback"} when the call failed or the circuit \
            did not admit it. Each environment handles one request at a time and has a breaker of its own, as on Lambda; all share one record. The log \
            has each change of the circuit's state, and a page at /dashboard shows them, with a tour.

            Times are numbers with a unit: 250ms, 10s, 5m. The variables in brackets set the same things; options win.

            EXAMPLES:
              breaker local
              breaker local --success-probability 0.2 --timeout 2s
              breaker local --failure-rate 0.5 --minimum-calls 20 --window-duration 30s
              breaker local --upstream-url http://127.0.0.1:9000
              curl -i http://127.0.0.1:8080/
            """
    )

    @OptionGroup(title: "SERVER") var server: ServerOptions
    @OptionGroup(title: "THE SERVICE IT CALLS") var service: ServiceOptions
    @OptionGroup(title: "THE CIRCUIT") var breaker: BreakerOptions

    func run() async throws {
        let settings = try service.settings(environment: ProcessInfo.processInfo.environment, breaker: breaker)
        LoggingSystem.bootstrap { _ in LineLogHandler() }
        let logger = Logger(label: "breaker")
        let store = InMemoryStore()
        let upstream = settings.upstream.map { UpstreamDependency($0, timeLimit: settings.upstreamTimeout) }
        let unreliable = UnreliableDependency(successProbability: settings.successProbability, latency: settings.latency)
        let dependency = upstream.map { settings.dependency(on: $0) } ?? unreliable
        var serviceLogger = logger
        if server.quiet { serviceLogger.logLevel = .warning }
        let quietLogger = serviceLogger
        let log = StoryLog()
        let fleetStore: any CircuitStore = server.dashboard ? log.observe(store) : store
        let tell: @Sendable (FleetCall) -> Void = { log.add($0) }
        let fleet = try LocalFleet(
            capacity: server.environments,
            idleLimit: server.idleRecycle,
            functionTimeout: server.functionTimeout,
            tell: server.dashboard ? tell : nil
        ) { (environment) throws(ConfigurationError) in
            let breaker = try CircuitBreaker(
                settings.circuit,
                store: fleetStore,
                configuration: settings.breaker,
                environment: environment,
                logger: logger
            )
            return UnreliableService(breaker: breaker, dependency: dependency, logger: quietLogger)
        }
        let dashboard =
            server.dashboard
            ? try Dashboard(
                settings: settings,
                server: server,
                fleet: fleet,
                store: store,
                log: log,
                dependency: upstream == nil ? unreliable : nil,
                logger: logger
            ) : nil
        let localServer = LocalServer(
            fleet: fleet,
            circuit: settings.circuit,
            store: store,
            dashboard: dashboard,
            port: server.port,
            logger: logger
        )
        let end = EndReport { LocalReport.end(fleet.counts) }
        let stopLimit = StopLimit(end)
        try await localServer.run { port in
            Output.write(LocalReport.start(port: port, settings, server))
            // A name that takes long to look up keeps nobody waiting.
            if let upstream = settings.upstream { Task { await Reachability.warn(of: upstream, logger) } }
        }
        end.write()
        withExtendedLifetime(stopLimit) {}
    }
}
