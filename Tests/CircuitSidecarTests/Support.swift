//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerTesting
import LoopbackHTTP
import Logging
import NIOCore
import NIOHTTP1
import Synchronization
import Testing

@testable import CircuitSidecar

// A sidecar under a manual clock, with its store.
struct Site {
    let clock = ManualClock()
    let memory: InMemoryStore
    let store: FaultyStore
    let sidecar: Sidecar
    let lines = LogLines()
    let metrics = LogLines()

    init(threshold: Int = 3, fault: String? = nil, _ change: (inout SidecarSettings) -> Void = { _ in }) throws {
        memory = InMemoryStore(clock: clock)
        store = FaultyStore(memory, clock: clock)
        var settings = SidecarSettings()
        // A bare count: whether a success is reported is a matter of chance, and so of the environment's random name.
        settings.configuration.policy = .failures(threshold, within: .seconds(60), share: 0)
        // As circuitbreaker-lambda has it.
        settings.configuration.recovery = RecoveryPolicy(maximumOpenTime: .seconds(60), jitter: 0, ramp: .zero)
        change(&settings)
        sidecar = try Sidecar(
            settings,
            store: store,
            fault: fault,
            clock: clock,
            write: { [metrics] line in metrics.all.withLock { $0.append(line) } },
            logger: lines.logger
        )
    }

    func record(_ id: String = "a") async throws -> CircuitRecord {
        try await memory.read(id, consistent: true) ?? CircuitRecord()
    }

    @discardableResult
    func ask(_ request: String) async -> Answer {
        let parts = request.split(separator: " ", maxSplits: 1)
        return Answer(await sidecar.answer(HTTPMethod(rawValue: String(parts[0])), String(parts[1])))
    }

    func permit(of id: String = "a") async throws -> String {
        try #require(await ask("GET /circuit/\(id)").text("permit"))
    }
}

struct Answer: Equatable {
    let status: UInt
    let body: String

    init(status: UInt, body: String) {
        self.status = status
        self.body = body
    }

    init(_ answer: HTTPAnswer) {
        self.init(status: answer.status.code, body: String(buffer: answer.body))
    }

    func text(_ name: String) -> String? {
        body.firstRange(of: "\"\(name)\":\"").map { String(body[$0.upperBound...].prefix { $0 != "\"" }) }
    }

    func number(_ name: String) -> Int? {
        body.firstRange(of: "\"\(name)\":").flatMap { Int(body[$0.upperBound...].prefix { $0.isNumber }) }
    }

    // Without what circuitbreaker-lambda's sidecar does not say.
    var shared: Answer {
        Answer(status: status, body: body.replacing(/,"(permit|reason)":"(\\.|[^"\\])*"/, with: "").replacing(/,"retryAfterMs":[0-9]+/, with: ""))
    }
}

final class LogLines: LogHandler, Sendable {
    let all = Mutex<[String]>([])

    var logger: Logger { Logger(label: "test") { _ in self } }
    var logLevel: Logger.Level {
        get { .info }
        set {}
    }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    subscript(metadataKey _: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        all.withLock { $0.append("\(event.level) \(event.message)") }
    }
}
