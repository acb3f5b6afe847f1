//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import FleetOrders
import Logging
import Synchronization

// What happens in this process, until it is asked for.
final class Record: Sendable {
    private let reply = Mutex(WorkerReply())
    private let began = ContinuousClock.now

    var elapsed: Int { Self.microseconds(ContinuousClock.now - began) }

    static func microseconds(_ duration: Duration) -> Int {
        Int(duration.components.seconds) * 1_000_000 + Int(duration.components.attoseconds / 1_000_000_000_000)
    }

    func update(_ body: (inout WorkerReply) -> Void) {
        reply.withLock { body(&$0) }
    }

    func take() -> WorkerReply {
        reply.withLock { reply in
            defer { reply = WorkerReply() }
            return reply
        }
    }

    var logger: Logger {
        var logger = Logger(label: "worker") { _ in Handler(record: self) }
        logger.logLevel = .debug
        return logger
    }

    // Others see no more of a breaker than its log.
    private struct Handler: LogHandler {
        let record: Record
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.debug

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let elapsed = record.elapsed
            let text = "\(event.message)"
            let metadata = event.metadata ?? [:]
            record.update { reply in
                if text.hasPrefix("CircuitBreaker state: "), let to = metadata["to"] {
                    let epoch = metadata["epoch"].flatMap { Int("\($0)") }
                    reply.changes.append(.init(to: "\(to)", epoch: epoch, isOwn: event.level == .info))
                }
                if text.contains("store: lost"), reply.storeLostAt == nil { reply.storeLostAt = elapsed }
                if event.level >= .warning { reply.warnings.append("\(text) \(metadata["error"] ?? "")") }
            }
        }
    }
}
