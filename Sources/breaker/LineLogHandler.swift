//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Logging
import SafeText

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#elseif canImport(Glibc)
    import Glibc
#endif

// A line per event: local time, level, message, and the metadata that people look for.
struct LineLogHandler: LogHandler {
    var logLevel = Logger.Level.info
    var metadata = Logger.Metadata()
    var metadataProvider: Logger.MetadataProvider?

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    // An epoch is for machines, and from and to are in the message.
    private static let hidden: Set<String> = ["epoch", "to", "circuit"]
    private static let first = ["reason", "from", "environment"]

    func log(event: LogEvent) {
        Output.write(line(event))
    }

    // One line, whatever is in it.
    func line(_ event: LogEvent) -> String {
        var line = "\(Self.time()) \(event.level.rawValue.uppercased()) \(event.message)"
        let all = metadata.merging(event.metadata ?? [:]) { $1 }.filter { !Self.hidden.contains($0.key) }
        let keys = Self.first.filter { all[$0] != nil } + all.keys.filter { !Self.first.contains($0) }.sorted()
        for key in keys {
            let value = "\(all[key, default: ""])"
            line += " \(key)=\(value.contains { $0.isWhitespace || $0 == "\"" } ? "\"\(value.replacing("\"", with: "'"))\"" : value)"
        }
        if let error = event.error { line += " error=\"\(error)\"" }
        return line.escaped
    }

    static func time() -> String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        var parts = tm()
        localtime_r(&now.tv_sec, &parts)
        let milliseconds = now.tv_nsec / 1_000_000
        return "\(padded(Int(parts.tm_hour), 2)):\(padded(Int(parts.tm_min), 2)):\(padded(Int(parts.tm_sec), 2)).\(padded(milliseconds, 3))"
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
