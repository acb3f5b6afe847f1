//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
public import Logging
import Synchronization

/// Circuits by key: one for each tenant, for example.
///
/// Holds at most `capacity` of them, and forgets those that were not used for longest.
///
/// A circuit that is forgotten loses nothing that the store knows: it is created again, with its record, when its key is asked for again.
public final class CircuitBreakerRegistry: Sendable {
    private struct Entry {
        var breaker: CircuitBreaker
        var wasUsed: Bool
    }

    // The clock algorithm: an entry that was used since the hand last passed is spared once.
    private struct Entries {
        var indexes: [String: Int] = [:]
        var entries: [Entry] = []
        var hand = 0
        var forgotten = 0
        var configuration: CircuitBreaker.Configuration
        var exceptions: [String: CircuitBreaker.Configuration]
        // Grows with each update.
        var generation = 0

        func configuration(of key: String) -> CircuitBreaker.Configuration { exceptions[key] ?? configuration }

        mutating func find(_ key: String) -> CircuitBreaker? {
            guard let index = indexes[key] else { return nil }
            entries[index].wasUsed = true
            return entries[index].breaker
        }

        mutating func insert(_ breaker: CircuitBreaker, key: String, capacity: Int, keyOf: (CircuitBreaker) -> String) {
            guard entries.count >= capacity else {
                indexes[key] = entries.count
                entries.append(Entry(breaker: breaker, wasUsed: false))
                return
            }
            while entries[hand].wasUsed {
                entries[hand].wasUsed = false
                hand = (hand + 1) % capacity
            }
            indexes[keyOf(entries[hand].breaker)] = nil
            forgotten += 1
            entries[hand] = Entry(breaker: breaker, wasUsed: false)
            indexes[key] = hand
            hand = (hand + 1) % capacity
        }
    }

    private let prefix: String
    private let store: any CircuitStore
    private let capacity: Int
    private let environment: EnvironmentID
    private let clock: any CircuitClock
    package let logger: Logger
    private let storeLossLog = StoreLossLog()
    private let silence: StoreSilence
    private let listeners = Listeners<Event>()
    private let entries: Mutex<Entries>

    /// Creates an empty registry.
    /// - Parameters:
    ///   - prefix: begins each circuit's id; the key follows.
    ///   - store: where the records live.
    ///   - configuration: how each circuit behaves.
    ///   - exceptions: how single ones behave instead, by key.
    ///   - capacity: the most circuits held at once, at least 1.
    ///   - environment: this process; unique in the fleet.
    ///   - clock: where all times come from.
    ///   - logger: as of a breaker, but the loss of the store and its return are logged once for all circuits.
    /// - Throws: ``ConfigurationError`` that names what cannot be used.
    public init(
        prefix: String = "",
        store: any CircuitStore = InMemoryStore(),
        configuration: CircuitBreaker.Configuration = .init(),
        exceptions: [String: CircuitBreaker.Configuration] = [:],
        capacity: Int = 10_000,
        environment: EnvironmentID = .random(),
        clock: any CircuitClock = WallClock(),
        logger: Logger = Logger(label: "CircuitBreaker")
    ) throws(ConfigurationError) {
        try ConfigurationError.check("capacity", capacity, in: 1...Int.max)
        try Self.check(configuration, exceptions)
        self.prefix = prefix
        self.store = store
        silence = .of(store)
        entries = Mutex(Entries(configuration: configuration, exceptions: exceptions))
        self.capacity = capacity
        self.environment = environment
        self.clock = clock
        self.logger = logger
    }

    private static func check(
        _ configuration: CircuitBreaker.Configuration,
        _ exceptions: [String: CircuitBreaker.Configuration]
    ) throws(ConfigurationError) {
        _ = try configuration.rules()
        for exception in exceptions.values { _ = try exception.rules() }
    }

    /// Takes other configurations while calls run, for the circuits that are held and for those to come.
    /// - Parameters:
    ///   - configuration: how each circuit behaves; see ``CircuitBreaker/update(_:)`` for when what comes into force.
    ///   - exceptions: how single ones behave instead, by key.
    /// - Throws: ``ConfigurationError`` that names what cannot be used; nothing changes then.
    public func update(
        _ configuration: CircuitBreaker.Configuration,
        exceptions: [String: CircuitBreaker.Configuration] = [:]
    ) throws(ConfigurationError) {
        try Self.check(configuration, exceptions)
        let held = entries.withLock { entries in
            (entries.configuration, entries.exceptions) = (configuration, exceptions)
            entries.generation += 1
            return entries.entries.map { ($0.breaker, entries.configuration(of: key(of: $0.breaker))) }
        }
        for (breaker, configuration) in held { try breaker.update(configuration) }
    }

    private func key(of breaker: CircuitBreaker) -> String { String(breaker.id.dropFirst(prefix.count)) }

    /// How many circuits are held now.
    public var count: Int { entries.withLock { $0.entries.count } }

    /// How many requests the circuits' calls have begun and not waited for.
    package var looksUnderWay: Int { entries.withLock { $0.entries }.reduce(0) { $0 + $1.breaker.looksUnderWay } }

    /// How many circuits were forgotten to make room.
    public var forgotten: Int { entries.withLock { $0.forgotten } }

    /// The circuits that are held now, in no order.
    ///
    /// They do not count as used.
    public var breakers: [CircuitBreaker] { entries.withLock { $0.entries.map(\.breaker) } }

    // As logs name it.
    package var name: String { prefix.isEmpty ? "all" : "\(prefix)*" }

    /// Opens the connection to the store, so that the first call need not.
    /// - Throws: ``StoreError`` that names what is missing and how to fix it; calls go on anyway, as `onStoreLoss` says.
    public func prepare() async throws(StoreError) {
        try await store.prepare()
    }

    /// The breaker of a key, created if need be.
    /// - Parameter key: which circuit; prefix and key make its id.
    /// - Returns: the same breaker for the same key, as long as it is held.
    /// - Throws: ``ConfigurationError`` when prefix and key make no id.
    public func breaker(for key: String) throws(ConfigurationError) -> CircuitBreaker {
        let (held, configuration, generation) = entries.withLock { ($0.find(key), $0.configuration(of: key), $0.generation) }
        if let held { return held }
        let breaker = try CircuitBreaker(
            prefix + key,
            store: store,
            configuration: configuration,
            environment: environment,
            clock: clock,
            logger: logger,
            storeLossLog: storeLossLog,
            silence: silence,
            registryListeners: listeners
        )
        let (inserted, newer) = entries.withLock { entries in
            if let other = entries.find(key) { return (other, CircuitBreaker.Configuration?.none) }
            entries.insert(breaker, key: key, capacity: capacity) { self.key(of: $0) }
            return (breaker, entries.generation == generation ? nil : entries.configuration(of: key))
        }
        // It was replaced while the breaker was made.
        if let newer { try inserted.update(newer) }
        return inserted
    }

    deinit {
        listeners.finish()
    }
}

extension CircuitBreakerRegistry {
    /// A text as a part of a circuit's id, the same for no other text.
    ///
    /// Letters, digits, `.` and `-` stand for themselves; each byte of anything else becomes `_` and two hexadecimal digits.
    /// - Parameter text: the text.
    /// - Returns: the escaped text.
    public static func escaped(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "."), UInt8(ascii: "-"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                result += "_\(byte < 16 ? "0" : "")\(String(byte, radix: 16, uppercase: true))"
            }
        }
        return result
    }
}

extension CircuitBreakerRegistry {
    /// Something that happened to one of a registry's circuits.
    public struct Event: Sendable {
        /// The circuit's id: prefix and key.
        public var circuit: String
        /// What happened.
        public var event: CircuitEvent
    }

    /// Listens to what happens from now on to all circuits, those to come included.
    ///
    /// A circuit that was forgotten is heard for as long as somebody uses its breaker.
    /// - Parameter buffer: how many events wait for a slow listener before the oldest are dropped and counted.
    /// - Returns: the events; they end when the listener's task is cancelled or the registry is gone.
    public func events(buffer: Int = 4096) -> Events {
        // Before the circuits are asked for: one that is inserted later knows of it by then.
        let buffer = listeners.add(capacity: buffer)
        republish()
        return Events(
            subscription: .init(buffer) { [weak self, listeners] in
                listeners.remove(buffer)
                self?.republish()
            }
        )
    }

    /// Events that were dropped because a listener to all circuits was too slow.
    public var droppedEvents: Int { listeners.droppedEvents }

    private func republish() {
        for breaker in breakers { breaker.republish() }
    }

    /// The events of all circuits of a registry, from the moment this was asked for.
    ///
    /// Each listener has its own. Those of one circuit come in their order.
    ///
    /// A listener that is slower than its buffer loses the oldest; ``CircuitBreakerRegistry/droppedEvents`` is their number.
    public struct Events: AsyncSequence, Sendable {
        /// One event.
        public typealias Element = Event

        /// Takes one event after the other.
        public struct Iterator: AsyncIteratorProtocol {
            fileprivate var reader: EventReader<Event>

            /// The next event; nil when the task was cancelled or the registry is gone.
            public mutating func next() async -> Event? { await reader.next() }
        }

        fileprivate let subscription: Subscription<Event>

        /// Begins to listen.
        public func makeAsyncIterator() -> Iterator {
            Iterator(reader: EventReader(subscription))
        }
    }
}
