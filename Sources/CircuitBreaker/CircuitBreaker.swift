//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
public import Logging
import Synchronization

/// Protects calls to one dependency, together with all other environments that share its circuit.
///
/// ```swift
/// let breaker = try CircuitBreaker("payments", policy: .failures(3, within: .seconds(60)))
///
/// let quote = try await breaker.run {
///     try await payments.quote(order)
/// } fallback: { reason in
///     Quote.cached
/// }
/// ```
///
/// A breaker has no timers and no background tasks: everything follows from the record, the clock and the call that arrives.
/// Freezing the process for any time is harmless.
public final class CircuitBreaker: Sendable {
    struct State {
        var machine: CircuitStateMachine
        var joiners: [OneShot<Void>] = []
        var listeners: [Int: AsyncStream<CircuitEvent>.Continuation] = [:]
        var listenersSoFar = 0
        var counts = Counts()
        var freeSuccessesSeen = 0
        var passEpoch = Epoch.zero
        var passGeneration: UInt64 = 0
        var lastStoreError: StoreError?
    }

    /// The circuit.
    public let id: String
    /// This process, as the record names it.
    public let environment: EnvironmentID
    /// How the circuit behaves.
    public let configuration: Configuration

    let store: any CircuitStore
    let clock: any CircuitClock
    let logger: Logger
    let storeLossLog: StoreLossLog
    let telemetry: Telemetry
    let state: Mutex<State>
    @usableFromInline
    let freePass: FreePass

    /// Creates a breaker.
    /// - Parameters:
    ///   - id: the circuit: 1 to 256 of the characters `A-Z a-z 0-9 . _ : -`, as circuitbreaker-lambda allows.
    ///   - store: where the circuit's record lives.
    ///   - configuration: how the circuit behaves.
    ///   - environment: this process; unique in the fleet.
    ///   - clock: where all times come from.
    ///   - logger: is told of changes of state that this environment made, and of the loss of the store.
    /// - Throws: ``ConfigurationError`` that names what cannot be used.
    public convenience init(
        _ id: String,
        store: any CircuitStore = InMemoryStore(),
        configuration: Configuration = .init(),
        environment: EnvironmentID = .random(),
        clock: any CircuitClock = WallClock(),
        logger: Logger = Logger(label: "CircuitBreaker")
    ) throws(ConfigurationError) {
        try self.init(
            id,
            store: store,
            configuration: configuration,
            environment: environment,
            clock: clock,
            logger: logger,
            storeLossLog: StoreLossLog()
        )
    }

    init(
        _ id: String,
        store: any CircuitStore,
        configuration: Configuration,
        environment: EnvironmentID,
        clock: any CircuitClock,
        logger: Logger,
        storeLossLog: StoreLossLog
    ) throws(ConfigurationError) {
        try Self.validate(id: id)
        let rules = try configuration.rules()
        self.id = id
        self.environment = environment
        self.configuration = configuration
        self.store = store
        self.clock = clock
        self.logger = logger
        self.storeLossLog = storeLossLog
        telemetry = Telemetry(circuit: id)
        state = Mutex(State(machine: CircuitStateMachine(environment: environment, rules: rules, seed: .random(in: .min ... .max))))
        freePass = FreePass(clock: clock, maxViewAge: rules.maxViewAge)
    }

    /// Creates a breaker by its policy alone; all else is as by default.
    /// - Parameters:
    ///   - id: the circuit: 1 to 256 of the characters `A-Z a-z 0-9 . _ : -`.
    ///   - store: where the circuit's record lives.
    ///   - policy: when the circuit opens.
    /// - Throws: ``ConfigurationError`` that names what cannot be used.
    public convenience init(_ id: String, store: any CircuitStore = InMemoryStore(), policy: TripPolicy) throws(ConfigurationError) {
        try self.init(id, store: store, configuration: Configuration(policy: policy))
    }

    deinit {
        for listener in state.withLock({ $0.listeners }).values { listener.finish() }
    }

    static func validate(id: String) throws(ConfigurationError) {
        let isAllowed = id.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "-"): true
            default: false
            }
        }
        guard isAllowed, (1...256).contains(id.utf8.count) else {
            let shown = id.utf8.count > 64 ? "\(id.prefix(64))…" : id
            throw ConfigurationError(setting: "circuit id", value: "\"\(shown)\"", allowed: "1 to 256 of the characters A-Z a-z 0-9 . _ : -")
        }
    }

    /// How calls ended so far.
    public var counts: Counts {
        state.withLock { state in
            var counts = state.counts
            counts.succeeded += freePass.successes
            counts.rejected += freePass.rejections
            return counts
        }
    }

    /// The circuit as this environment last saw it.
    public var view: CircuitView {
        let now = clock.now
        return state.withLock { CircuitView($0.machine, at: now) }
    }

    /// Listens to what happens from now on.
    ///
    /// While somebody listens, each call goes through the engine, which costs a few hundred nanoseconds more.
    /// - Parameter buffer: how many events wait for a slow listener before the oldest are dropped and counted.
    /// - Returns: the events; ends when the listener's task is cancelled or the breaker is gone.
    public func events(buffer: Int = 1024) -> CircuitEvents {
        let (stream, continuation) = AsyncStream.makeStream(of: CircuitEvent.self, bufferingPolicy: .bufferingNewest(max(1, buffer)))
        let number = state.withLock { state in
            state.listenersSoFar += 1
            state.listeners[state.listenersSoFar] = continuation
            freePass.revoke()
            return state.listenersSoFar
        }
        continuation.onTermination = { [weak self] _ in self?.state.withLock { _ = $0.listeners.removeValue(forKey: number) } }
        return CircuitEvents(stream: stream)
    }
}
