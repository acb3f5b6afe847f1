//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerTesting
import Logging
import Synchronization

struct Broken: Error, Equatable {}

struct Busy: RetryAfterError {
    var retryAfter: Duration?
}

// Several environments on one circuit, under one manual clock.
struct Fleet {
    let clock = ManualClock()
    let store: FaultyStore
    let memory: InMemoryStore
    let breakers: [CircuitBreaker]

    // Without views that grow old while all is well, unless a test is about these: a call more than a second after a view looks at the record and waits.
    init(
        _ count: Int = 1,
        _ configuration: CircuitBreaker.Configuration = .init(policy: .failures(3, within: .seconds(60))),
        hasHealthyViews: Bool = false
    ) throws {
        // A test that says nothing of it knows when the circuit may be probed, and that it admits all calls once it is CLOSED again.
        var configuration = configuration
        if configuration.recovery.jitter == RecoveryPolicy().jitter { configuration.recovery.jitter = 0 }
        if configuration.recovery.ramp == RecoveryPolicy().ramp { configuration.recovery.ramp = .zero }
        if configuration.recovery.maximumOpenTime == RecoveryPolicy().maximumOpenTime { configuration.recovery.maximumOpenTime = .seconds(60) }
        if !hasHealthyViews {
            configuration.sharing.maxHealthyViewAge = configuration.sharing.maxViewAge
            configuration.sharing.lookBeside = .zero
        }
        memory = InMemoryStore(clock: clock)
        let store = FaultyStore(memory, clock: clock)
        self.store = store
        let (clock, settings) = (clock, configuration)
        breakers = try (0..<count).map { number in
            try CircuitBreaker(
                "test",
                store: store,
                configuration: settings,
                environment: EnvironmentID(rawValue: "e\(number)"),
                clock: clock,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
        }
    }

    subscript(_ index: Int) -> CircuitBreaker { breakers[index] }

    func record() async throws -> CircuitRecord {
        try await memory.read("test", consistent: true) ?? CircuitRecord()
    }

    // Past the time for which a view is good.
    func ageViews() {
        clock.advance(by: .milliseconds(1001))
    }

    func trip(_ index: Int = 0) async {
        for _ in 0..<3 { await breakers[index].fails() }
    }
}

extension CircuitBreaker {
    @discardableResult
    func succeeds() async -> Bool {
        (try? await run { 1 }) == 1
    }

    // Whether the failing call was admitted.
    @discardableResult
    func fails(_ error: any Error = Broken()) async -> Bool {
        if case .failure(.rejected) = await result(of: { () async throws in throw error }) { false } else { true }
    }

    func rejection() async -> Rejection? {
        if case .failure(.rejected(let rejection)) = await result(of: { 1 }) { rejection } else { nil }
    }

    // A permit that the test holds on to.
    func permit() async throws -> Permit {
        switch try await acquire() {
        case .permit(let permit): return permit
        case .rejected(let rejection): throw rejection
        }
    }
}

final class Lines: LogHandler, Sendable {
    let all = Mutex<[String]>([])
    // With what is beside them.
    let whole = Mutex<[String]>([])
    subscript(metadataKey _: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .info }
        set {}
    }

    func log(event: LogEvent) {
        let metadata = event.metadata ?? [:]
        all.withLock { $0.append("\(event.level) \(event.message) \(metadata.keys.sorted().joined(separator: ","))") }
        whole.withLock { $0.append("\(event.message) \(metadata)") }
    }
}
