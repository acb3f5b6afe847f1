//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
public import CircuitBreaker
public import Logging
public import ServiceLifecycle

/// Prepares breakers when a server starts, and reports what is unreported when it shuts down.
///
/// ```swift
/// let circuits = CircuitBreakerService([payments], logger: logger)
/// let group = ServiceGroup(services: [store, circuits, server], gracefulShutdownSignals: [.sigterm], logger: logger)
/// try await group.run()
/// ```
/// A group shuts its services down in reverse order: list the store first, then this service, then whatever makes calls.
/// A store that does not answer delays neither start nor shutdown beyond the limit: calls go on, as `onStoreLoss` says.
public struct CircuitBreakerService: Service {
    private let breakers: [CircuitBreaker]
    private let registries: [CircuitBreakerRegistry]
    private let shutdownLimit: Duration
    private let logger: Logger

    /// Creates the service.
    /// - Parameters:
    ///   - breakers: the breakers.
    ///   - registries: registries. Their stores are prepared at start, and all the circuits that they hold report at shutdown.
    ///   - shutdownLimit: how long the shutdown waits for the reports.
    ///   - logger: logs what was not ready, and what could not be reported.
    public init(
        _ breakers: [CircuitBreaker] = [],
        registries: [CircuitBreakerRegistry] = [],
        shutdownLimit: Duration = .seconds(5),
        logger: Logger
    ) {
        self.breakers = breakers
        self.registries = registries
        self.shutdownLimit = shutdownLimit
        self.logger = logger
    }

    /// Prepares, waits for the shutdown, and reports.
    ///
    /// If its task is cancelled, it reports too, within the same limit.
    public func run() async throws {
        // Beside the wait, since a store that does not answer must not delay the shutdown.
        let preparation = Task { await prepare() }
        try? await gracefulShutdown()
        preparation.cancel()
        await flush()
    }

    private func prepare() async {
        var steps: [Steps.Step] = breakers.map { breaker in { await prepare(breaker.id) { try await breaker.prepare() } } }
        steps += registries.map { registry in { await prepare(registry.name) { try await registry.prepare() } } }
        await Steps.run(steps)
    }

    private func prepare(_ name: String, _ work: () async throws -> Void) async {
        do {
            try await work()
        } catch {
            guard !Task.isCancelled else { return }
            logger.error("CircuitBreaker store: not ready", metadata: ["circuit": "\(name)", "error": "\(error)"])
        }
    }

    private func flush() async {
        let behind = (breakers + registries.flatMap(\.breakers)).filter { $0.unreported > 0 }
        guard !behind.isEmpty else { return }
        await Steps.run(behind.map { breaker in { _ = await breaker.flush() } }, within: shutdownLimit)
        let left = behind.filter { $0.unreported > 0 }
        guard !left.isEmpty else { return }
        logger.error(
            "CircuitBreaker shutdown: failures could not be reported",
            metadata: ["circuits": "\(left.map(\.id).prefix(20))", "failures": "\(left.reduce(0) { $0 + $1.unreported })"]
        )
    }
}
