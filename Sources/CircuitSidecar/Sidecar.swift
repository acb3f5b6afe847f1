//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import CircuitBreaker
import LambdaRuntime
package import Logging
import Synchronization

// Circuits for clients on the other side of HTTP. It holds no rule of its own: a permit is the library's, kept until its outcome comes.
package final class Sidecar: Sendable {
    // The longest that Lambda lets a function run.
    package static let lease = Duration.seconds(15 * 60)
    // A table of more open permits is full of lost ones.
    package static let permitLimit = 10_000

    // What is made again after a restore from a snapshot, whose copies all have the same memory.
    private struct Life {
        var registry: CircuitBreakerRegistry
        var token = UInt64.random(in: 1 ... .max)
        // The wall clock's lead over the time since the machine began: a snapshot's restore changes it, a freeze does not.
        var lead: Int64
    }

    private struct Table {
        var permits = PermitTable<HeldPermit>(capacity: Sidecar.permitLimit)
        var nextSweep = Timestamp.zero
        var lapsed = 0
        var displaced = 0
        // The latest change of state that was in an answer, by circuit.
        var announced: [String: Epoch] = [:]

        mutating func tells(_ epoch: Epoch, of circuit: String) -> Bool {
            guard announced[circuit].map({ $0 < epoch }) ?? true else { return false }
            if announced.count >= Sidecar.permitLimit { announced = [:] }
            announced[circuit] = epoch
            return true
        }
    }

    private struct Standing {
        // Why no circuit can be kept, as far as a store's answer says so.
        var fault: String?
        var nextTry = Timestamp.zero
    }

    let settings: SidecarSettings
    let store: any CircuitStore
    let clock: any CircuitClock
    let logger: Logger
    // Why no circuit can ever be kept.
    private let lastingFault: String?
    // Nil: none are written.
    let metricLines: MetricLines?
    private let uptime: @Sendable () -> Int64
    private let life: Mutex<Life>
    private let table = Mutex(Table())
    private let standing = Mutex(Standing())

    // `fault`: why the store can never work as it is set up. `uptime`: milliseconds since the machine began. `write`: puts a line of metrics into the log.
    package init(
        _ settings: SidecarSettings,
        store: any CircuitStore,
        fault: String? = nil,
        clock: any CircuitClock = WallClock(),
        uptime: @escaping @Sendable () -> Int64 = Uptime.milliseconds,
        write: @escaping @Sendable (String) -> Void = { LambdaLogHandler.standardError($0 + "\n") },
        logger: Logger
    ) throws(ConfigurationError) {
        self.settings = settings
        self.store = store
        self.clock = clock
        self.uptime = uptime
        self.logger = logger
        metricLines = settings.writesMetrics ? MetricLines(clock: clock, write: write) : nil
        let registry = try Self.registry(settings, store, clock, logger)
        life = Mutex(Life(registry: registry, lead: clock.now.milliseconds - uptime()))
        lastingFault = fault
        if let fault { Self.log(fault, logger) }
    }

    private static func registry(
        _ settings: SidecarSettings,
        _ store: any CircuitStore,
        _ clock: any CircuitClock,
        _ logger: Logger
    ) throws(ConfigurationError) -> CircuitBreakerRegistry {
        try CircuitBreakerRegistry(
            store: store,
            configuration: settings.configuration,
            exceptions: settings.circuits,
            capacity: permitLimit,
            clock: clock,
            logger: logger
        )
    }

    var registry: CircuitBreakerRegistry { life.withLock { $0.registry } }

    package var openPermitCount: Int { table.withLock { $0.permits.count } }
    var lapsedPermits: Int { table.withLock { $0.lapsed } }
    package var displacedPermitCount: Int { table.withLock { $0.displaced } }
    func openPermits(of circuit: String) -> Int { table.withLock { $0.permits.count(of: circuit) } }
}

extension Sidecar {
    // Opens the connection and fetches the first views, beside the start of the function. Nothing depends on it.
    package func prepare() async {
        guard lastingFault == nil else { return }
        do throws(StoreError) {
            try await store.prepare()
            clearFault()
        } catch  where error.code == .misconfigured {
            return set(fault: error.message)
        } catch {
            return logger.error("CircuitBreaker store: not ready", metadata: ["error": "\(error)"])
        }
        for circuit in settings.known { try? await (try? registry.breaker(for: circuit))?.refresh() }
    }

    // Nil: circuits can be kept. What was wrong is checked again now and then, with a request.
    var fault: String? {
        if let lastingFault { return lastingFault }
        let now = clock.now
        let (fault, isDue) = standing.withLock { standing in
            guard let fault = standing.fault else { return (String?.none, false) }
            guard now >= standing.nextTry else { return (fault, false) }
            standing.nextTry = now.advanced(by: .seconds(30))
            return (fault, true)
        }
        if isDue { Task { await prepare() } }
        return fault
    }

    private func set(fault: String) {
        let nextTry = clock.now.advanced(by: .seconds(30))
        let isNew = standing.withLock { standing in
            defer { standing = Standing(fault: fault, nextTry: nextTry) }
            return standing.fault != fault
        }
        if isNew { Self.log(fault, logger) }
    }

    private static func log(_ fault: String, _ logger: Logger) {
        logger.error("CircuitBreaker: every call is allowed, since no circuit can be kept", metadata: ["reason": "\(fault)"])
    }

    private func clearFault() {
        let was = standing.withLock { $0.fault.take() }
        if was != nil { logger.notice("CircuitBreaker: circuits are kept now") }
    }
}

extension Sidecar {
    // The circuit, after a look at whether this is still the machine that it was.
    func breaker(for circuit: String) throws(ConfigurationError) -> CircuitBreaker {
        if settings.isSnapshot { try beginAgainIfRestored() }
        return try registry.breaker(for: circuit)
    }

    private func beginAgainIfRestored() throws(ConfigurationError) {
        let lead = clock.now.milliseconds - uptime()
        // Of several first requests, one begins it.
        let isRestored = try life.withLock { (life) throws(ConfigurationError) in
            guard abs(life.lead - lead) > 1000 else { return false }
            life = Life(registry: try Self.registry(settings, store, clock, logger), lead: lead)
            return true
        }
        guard isRestored else { return }
        logger.info("CircuitBreaker: restored from a snapshot; what was known is read again")
        let lost = table.withLock { table in
            table.announced = [:]
            return table.permits.takeAll()
        }
        giveBack(lost)
    }

    func token(_ permit: consuming CircuitBreaker.Permit, of circuit: String) -> PermitToken {
        let now = clock.now
        let end = min(now.advanced(by: Self.lease), permit.leaseEnd ?? .init(milliseconds: .max))
        let holder = HeldPermit(permit)
        let (number, displaced, lapsed) = table.withLock { table in
            var lapsed: [HeldPermit] = []
            if now >= table.nextSweep {
                table.nextSweep = now.advanced(by: .seconds(1))
                lapsed = table.permits.takeLapsed(at: now)
                table.lapsed += lapsed.count
            }
            let (number, displaced) = table.permits.add(holder, of: circuit, until: end)
            if displaced != nil { table.displaced += 1 }
            return (number, displaced, lapsed)
        }
        giveBack(lapsed + [displaced].compactMap { $0 })
        return PermitToken(sidecar: life.withLock { $0.token }, number: number)
    }

    private func giveBack(_ lost: [HeldPermit]) {
        guard !lost.isEmpty else { return }
        Task { for permit in lost { await permit.finish(.cancelled) } }
    }

    // Nil: it is not open.
    func take(_ token: PermitToken, of circuit: String) -> HeldPermit? {
        guard life.withLock({ $0.token == token.sidecar }) else { return nil }
        return table.withLock { $0.permits.take(token.number, of: circuit) }
    }

    func takeOldest(of circuit: String) -> HeldPermit? {
        table.withLock { $0.permits.takeOldest(of: circuit) }
    }

    // Whether a change of state has been in no answer yet.
    func tells(_ epoch: Epoch, of circuit: String) -> Bool {
        table.withLock { $0.tells(epoch, of: circuit) }
    }

    // Finishes all permits that are open: after a function's time limit, no one else is left to do it.
    package func finishAll(_ outcome: CallOutcome) async -> Int {
        let open = table.withLock { $0.permits.takeAll() }
        await withTaskGroup { group in
            for permit in open { group.addTask { await permit.finish(outcome) } }
        }
        return open.count
    }
}
