//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import Logging
import SafeText

/// A log record and its two renderings, each of them one line.
struct LogRecord {
    var time: LambdaClock.Instant
    var level: Logger.Level
    var label: String
    var message: String
    var fields: Logger.Metadata

    var text: String {
        var fields = self.fields
        var line = "\(time.iso8601)\t"
        line.appendEscaped(fields.removeValue(forKey: "requestId")?.description ?? "-")
        line += "\t\(level.lambdaName)\t"
        line.appendEscaped(message)
        for (key, value) in fields.sorted(by: { $0.key < $1.key }) {
            line += " "
            line.appendEscaped(key)
            line += "="
            let text = value.description
            if text.contains(where: { $0.isWhitespace || $0 == "\"" }) { line.appendJSON(text) } else { line.appendEscaped(text) }
        }
        return line
    }

    var json: String {
        var line = "{\"timestamp\":\"\(time.iso8601)\",\"level\":\"\(level.lambdaName)\",\"message\":"
        line.appendJSON(message)
        line += ",\"logger\":"
        line.appendJSON(label)
        for (key, value) in self.fields.sorted(by: { $0.key < $1.key }) {
            line += ","
            // A second key of the same name would hide the first in whatever reads the log.
            line.appendJSON(Self.ownKeys.contains(key) ? "metadata.\(key)" : key)
            line += ":"
            line.appendJSON(value)
        }
        return line + "}"
    }

    private static let ownKeys: Set = ["timestamp", "level", "message", "logger"]
}

extension Logger.Level {
    /// The name that Lambda filters by.
    fileprivate var lambdaName: String {
        switch self {
        case .trace: "TRACE"
        case .debug: "DEBUG"
        case .info, .notice: "INFO"
        case .warning: "WARN"
        case .error: "ERROR"
        case .critical: "FATAL"
        }
    }
}

extension String {
    fileprivate mutating func appendJSON(_ value: Logger.Metadata.Value) {
        switch value {
        case .string(let text): self.appendJSON(text)
        case .stringConvertible(let value): self.appendJSON(value.description)
        case .array(let values):
            self += "["
            for (index, value) in values.enumerated() {
                if index > 0 { self += "," }
                self.appendJSON(value)
            }
            self += "]"
        case .dictionary(let values):
            self += "{"
            for (index, (key, value)) in values.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { self += "," }
                self.appendJSON(key)
                self += ":"
                self.appendJSON(value)
            }
            self += "}"
        }
    }
}
