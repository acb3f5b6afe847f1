//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
public import CircuitBreaker
public import Logging
public import ServiceLifecycle

/// Breakers that are prepared when a server starts, and that report what is unreported when it shuts down.
///
/// ```swift
/// let circuits = CircuitBreakerService([payments], logger: logger)
/// let group = ServiceGroup(services: [circuits, server], gracefulShutdownSignals: [.sigterm], logger: logger)
/// ```
/// Services are shut down in the reverse order, so it stands before what makes calls, and behind the service of its store.
/// A store that does not answer stops neither the start nor the shutdown: calls go on, as `onStoreLoss` says.
public struct CircuitBreakerService: Service {
    private let breakers: [CircuitBreaker]
    private let registries: [CircuitBreakerRegistry]
    private let startLimit: Duration
    private let shutdownLimit: Duration
    private let logger: Logger

    /// Creates the service.
    /// - Parameters:
    ///   - breakers: the breakers.
    ///   - registries: registries, all of whose circuits report at shutdown; at start their store is prepared.
    ///   - startLimit: how long the start waits for the stores; they go on beside it.
    ///   - shutdownLimit: how long the shutdown waits for the reports.
    ///   - logger: logs what was not ready, and what could not be reported.
    public init(
        _ breakers: [CircuitBreaker] = [],
        registries: [CircuitBreakerRegistry] = [],
        startLimit: Duration = .seconds(5),
        shutdownLimit: Duration = .seconds(5),
        logger: Logger
    ) {
        self.breakers = breakers
        self.registries = registries
        self.startLimit = startLimit
        self.shutdownLimit = shutdownLimit
        self.logger = logger
    }

    /// Prepares, waits for the shutdown, and reports.
    ///
    /// Cancelled, it reports too, within the same limit.
    public func run() async throws {
        await prepare()
        try? await gracefulShutdown()
        await flush()
    }

    private func prepare() async {
        let steps: [Step] =
            breakers.map { breaker in Step(name: breaker.id) { try await breaker.prepare() } }
            + registries.map { registry in Step(name: registry.name) { try await registry.prepare() } }
        let logger = logger
        let isDone = await Limited.run(steps, within: startLimit) { name, error in
            logger.error("CircuitBreaker store: not ready", metadata: ["circuit": "\(name)", "error": "\(error)"])
        }
        if !isDone { logger.error("CircuitBreaker store: not ready in time", metadata: ["limit": "\(startLimit)"]) }
    }

    private func flush() async {
        let behind = (breakers + registries.flatMap(\.breakers)).filter { $0.unreported > 0 }
        guard !behind.isEmpty else { return }
        let steps = behind.map { breaker in Step(name: breaker.id) { await breaker.flush() } }
        _ = await Limited.run(steps, within: shutdownLimit) { _, _ in }
        let left = behind.filter { $0.unreported > 0 }
        guard !left.isEmpty else { return }
        logger.error(
            "CircuitBreaker shutdown: failures could not be reported",
            metadata: ["circuits": "\(left.map(\.id).prefix(20))", "failures": "\(left.reduce(0) { $0 + $1.unreported })"]
        )
    }
}

struct Step: Sendable {
    var name: String
    var work: @Sendable () async throws -> Void

    init(name: String, _ work: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.work = work
    }
}

enum Limited {
    // As many at once as a store's connections carry.
    private static let atOnce = 8

    // False: the time was over first; what has begun goes on, and nothing else begins. Not cancelled with its caller.
    static func run(_ steps: [Step], within limit: Duration, failed: @escaping @Sendable (String, any Error) -> Void) async -> Bool {
        let (ends, end) = AsyncStream.makeStream(of: Bool.self)
        let work = Task {
            await withDiscardingTaskGroup { group in
                for lane in 0..<min(atOnce, steps.count) {
                    group.addTask {
                        for index in stride(from: lane, to: steps.count, by: atOnce) where !Task.isCancelled {
                            do { try await steps[index].work() } catch { failed(steps[index].name, error) }
                        }
                    }
                }
            }
            end.yield(true)
        }
        let timer = Task {
            do { try await Task.sleep(for: limit) } catch { return }
            end.yield(false)
        }
        // In a task of its own, since a stream ends at once for a caller that is cancelled.
        let isDone = await Task { await ends.first { _ in true } ?? false }.value
        timer.cancel()
        if !isDone { work.cancel() }
        return isDone
    }
}
