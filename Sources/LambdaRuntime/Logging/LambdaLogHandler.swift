//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

public import Logging

/// Writes one line per record, in one of the two formats that Lambda has.
public struct LambdaLogHandler: LogHandler {
    /// How a record is written.
    public enum Format: Sendable {
        /// Time, request id, level and message between tabs, then the metadata as `key=value`.
        case text
        /// An object with the keys that Lambda's own runtimes use, and the metadata beside them.
        case json
    }

    /// Takes a line, its newline included.
    public typealias Sink = @Sendable (_ line: String) -> Void

    /// Records below it are not written.
    public var logLevel: Logger.Level

    /// Fields of every record.
    public var metadata: Logger.Metadata = [:]

    /// Adds fields at the time of each record.
    public var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let format: Format
    private let sink: Sink

    /// Creates a handler.
    public init(
        label: String,
        format: Format,
        logLevel: Logger.Level = .info,
        sink: @escaping Sink = LambdaLogHandler.standardError
    ) {
        self.label = label
        self.format = format
        self.logLevel = logLevel
        self.sink = sink
    }

    /// One of the fields of every record.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes `event`.
    public func log(event: LogEvent) {
        let record = LogRecord(
            time: LambdaClock().now,
            level: event.level,
            label: self.label,
            message: event.message.description,
            fields: self.fields(of: event)
        )
        sink((format == .json ? record.json : record.text) + "\n")
    }

    private func fields(of event: LogEvent) -> Logger.Metadata {
        var fields = metadata
        if let provided = metadataProvider?.get() { fields.merge(provided) { _, new in new } }
        if let error = event.error {
            fields["errorType"] = "\(type(of: error))"
            fields["errorMessage"] = "\(error)"
        }
        if let own = event.metadata { fields.merge(own) { _, new in new } }
        return fields
    }
}
