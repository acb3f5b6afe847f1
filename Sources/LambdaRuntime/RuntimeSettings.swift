//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

package import Logging

/// What Lambda and the user say in environment variables.
package struct RuntimeSettings: Sendable {
    struct LocalServer: Sendable {
        var host: String
        var port: Int
        var path: String
    }

    package let logFormat: LambdaLogHandler.Format
    package let logLevel: Logger.Level
    /// How many invocations Lambda sends at once.
    let maxConcurrency: Int
    let localServer: LocalServer

    package init(_ environment: Environment) throws {
        logFormat = try Self.logFormat(environment)
        logLevel = try Self.logLevel(environment)
        maxConcurrency = try Self.number("AWS_LAMBDA_MAX_CONCURRENCY", in: 1...10_000, environment) ?? 1
        let path = environment["LOCAL_LAMBDA_INVOCATION_ENDPOINT"] ?? "/invoke"
        localServer = LocalServer(
            host: environment["LOCAL_LAMBDA_HOST"] ?? "127.0.0.1",
            port: try Self.number("LOCAL_LAMBDA_PORT", in: 0...65_535, environment) ?? 7000,
            path: path.hasPrefix("/") ? path : "/" + path
        )
    }

    private static func logFormat(_ environment: Environment) throws -> LambdaLogHandler.Format {
        let name = "AWS_LAMBDA_LOG_FORMAT"
        guard let value = environment[name] else { return .text }
        switch value.lowercased() {
        case "text": return .text
        case "json": return .json
        default: throw InvalidSetting(name: name, value: value, expected: "Text or JSON")
        }
    }

    private static func logLevel(_ environment: Environment) throws -> Logger.Level {
        let name = "AWS_LAMBDA_LOG_LEVEL"
        guard let value = environment[name] else { return .info }
        switch value.uppercased() {
        case "TRACE": return .trace
        case "DEBUG": return .debug
        case "INFO": return .info
        case "WARN": return .warning
        case "ERROR": return .error
        case "FATAL": return .critical
        default: throw InvalidSetting(name: name, value: value, expected: "TRACE, DEBUG, INFO, WARN, ERROR or FATAL")
        }
    }

    private static func number(_ name: String, in range: ClosedRange<Int>, _ environment: Environment) throws -> Int? {
        guard let value = environment[name] else { return nil }
        guard let number = Int(value), range.contains(number) else {
            throw InvalidSetting(name: name, value: value, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
