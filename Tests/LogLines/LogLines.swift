//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import Logging
import Synchronization

/// What was logged.
package final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    package init() {}

    /// A logger whose lines come here, metadata and all.
    package var logger: Logger { Logger(label: "tests") { _ in LineHandler(log: self) } }

    package func contains(_ text: String) -> Bool { lines.withLock { $0.contains { $0.contains(text) } } }

    fileprivate func add(_ line: String) { lines.withLock { $0.append(line) } }
}

private struct LineHandler: LogHandler {
    let log: LogLines
    var metadata = Logger.Metadata()
    var logLevel = Logger.Level.trace

    init(log: LogLines) { self.log = log }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { log.add("\(event.message) \(event.metadata ?? [:])") }
}
