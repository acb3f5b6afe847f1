//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerTesting
import Logging
import Synchronization
import UnreliableService

// Gives the numbers of a script, one after the other, then zeros: successes.
final class Script: Sendable {
    private let numbers: Mutex<[Double]>

    init(_ numbers: [Double]) {
        self.numbers = Mutex(numbers)
    }

    func next() -> Double {
        numbers.withLock { $0.isEmpty ? 0 : $0.removeFirst() }
    }
}

// Keeps the messages that were logged.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    var logger: Logger {
        Logger(label: "test") { _ in Handler(lines: self) }
    }

    private struct Handler: LogHandler {
        let lines: LogLines
        var logLevel = Logger.Level.info
        var metadata = Logger.Metadata()

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            lines.lines.withLock { $0.append("\(event.message)") }
        }
    }
}

struct Bench {
    let clock: ManualClock
    let store: InMemoryStore
    let log = LogLines()
    let service: UnreliableService

    var breaker: CircuitBreaker { service.breaker }

    init(
        clock: ManualClock = ManualClock(),
        configuration: CircuitBreaker.Configuration = ServiceSettings.pattern,
        _ dependency: (ManualClock) -> any Dependency
    ) throws {
        self.clock = clock
        store = InMemoryStore(clock: clock)
        let breaker = try CircuitBreaker("test", store: store, configuration: configuration, clock: clock, logger: log.logger)
        service = UnreliableService(breaker: breaker, dependency: dependency(clock), logger: log.logger)
    }

    func answer(_ path: String = "/", method: String = "GET", body: String = "", deadline: Timestamp? = nil) async -> ServiceResponse {
        await service.handle(ServiceRequest(method: method, path: path, body: Array(body.utf8)), deadline: deadline)
    }
}

extension ServiceResponse {
    var text: String { String(decoding: body, as: UTF8.self) }
}
