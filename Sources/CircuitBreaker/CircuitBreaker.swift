//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
public import Logging

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
    /// The circuit.
    public let id: String
    /// This process, as the record names it.
    public let environment: EnvironmentID
    let store: any CircuitStore
    let clock: any CircuitClock
    package let logger: Logger
    let storeLossLog: StoreLossLog
    let silence: StoreSilence
    @usableFromInline
    let telemetry: Telemetry
    @usableFromInline
    let alarm: Alarm
    let stopwatch: Stopwatch
    let state: SharedState
    @usableFromInline
    let pass: PublishedPass
    let settings: LiveSettings
    // None in an anchor itself.
    let anchors: PermitAnchors?

    /// Creates a breaker.
    /// - Parameters:
    ///   - id: the circuit: 1 to 256 of the characters `A-Z a-z 0-9 . _ : -`, as circuitbreaker-lambda allows.
    ///   - store: where the circuit's record lives.
    ///   - configuration: how the circuit behaves.
    ///   - environment: this process; unique in the fleet.
    ///   - clock: where all times come from.
    ///   - logger: logs changes of state that this environment made, and the loss of the store.
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
            storeLossLog: StoreLossLog(),
            silence: .of(store)
        )
    }

    init(
        _ id: String,
        store: any CircuitStore,
        configuration: Configuration,
        environment: EnvironmentID,
        clock: any CircuitClock,
        logger: Logger,
        storeLossLog: StoreLossLog,
        silence: StoreSilence,
        registryListeners: Listeners<CircuitBreakerRegistry.Event>? = nil
    ) throws(ConfigurationError) {
        try Self.validate(id: id)
        let rules = try configuration.rules()
        self.id = id
        self.environment = environment
        self.store = store
        self.clock = clock
        self.logger = logger
        self.storeLossLog = storeLossLog
        self.silence = silence
        telemetry = Telemetry(circuit: id)
        alarm = Alarm.of(clock)
        stopwatch = Stopwatch(clock)
        settings = LiveSettings(configuration, rules)
        var session = Session(environment: environment, rules: rules, seed: environment.seed(for: id))
        session.machine.name = ProcessName.current
        state = SharedState(session, CircuitListeners(id: id, registry: registryListeners))
        pass = PublishedPass(clock: clock, rules: rules)
        anchors = PermitAnchors()
        telemetry.show(.closed)
    }

    // The same breaker in another object, for permits to keep alive.
    init(anchorOf other: CircuitBreaker) {
        id = other.id
        environment = other.environment
        store = other.store
        clock = other.clock
        logger = other.logger
        storeLossLog = other.storeLossLog
        silence = other.silence
        telemetry = other.telemetry
        alarm = other.alarm
        stopwatch = other.stopwatch
        state = other.state
        pass = other.pass
        settings = other.settings
        anchors = nil
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

    package static func validate(id: String) throws(ConfigurationError) {
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

    /// How the circuit behaves.
    public var configuration: Configuration { settings.configuration }

    var listeners: CircuitListeners { state.listeners }

    // Whether each call's duration is needed.
    var watchesDurations: Bool { settings.slowNanoseconds != .max || telemetry.isOn || telemetry.traces }
}
