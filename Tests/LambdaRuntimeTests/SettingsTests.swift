//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import Logging
import Testing

@testable import LambdaRuntime

struct SettingsTests {
    @Test(arguments: [[:], ["AWS_LAMBDA_LOG_FORMAT": "", "LOCAL_LAMBDA_PORT": "", "AWS_LAMBDA_RUNTIME_API": ""]])
    func defaults(variables: [String: String]) throws {
        let environment = Environment(variables)
        let settings = try RuntimeSettings(environment)
        #expect(settings.logFormat == .text)
        #expect(settings.logLevel == .info)
        #expect(settings.maxConcurrency == 1)
        #expect(settings.localServer.host == "127.0.0.1")
        #expect(settings.localServer.port == 7000)
        #expect(settings.localServer.path == "/invoke")
        #expect(try RuntimeAPIAddress(environment) == nil)
    }

    @Test(arguments: [
        ("TRACE", Logger.Level.trace), ("DEBUG", .debug), ("info", .info), ("Warn", .warning), ("ERROR", .error), ("FATAL", .critical),
    ])
    func logLevels(name: String, level: Logger.Level) throws {
        #expect(try RuntimeSettings(Environment(["AWS_LAMBDA_LOG_LEVEL": name])).logLevel == level)
    }

    @Test func theRest() throws {
        let settings = try RuntimeSettings(
            Environment([
                "AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_MAX_CONCURRENCY": "64", "LOCAL_LAMBDA_HOST": "::1",
                "LOCAL_LAMBDA_PORT": "9001", "LOCAL_LAMBDA_INVOCATION_ENDPOINT": "call/me",
            ])
        )
        #expect(settings.logFormat == .json)
        #expect(settings.maxConcurrency == 64)
        #expect(settings.localServer.host == "::1")
        #expect(settings.localServer.port == 9001)
        #expect(settings.localServer.path == "/call/me")
    }

    @Test(arguments: [
        ("AWS_LAMBDA_LOG_FORMAT", "XML", "Text or JSON"),
        ("AWS_LAMBDA_LOG_LEVEL", "LOUD", "TRACE, DEBUG, INFO, WARN, ERROR or FATAL"),
        ("AWS_LAMBDA_MAX_CONCURRENCY", "0", "a whole number from 1 to 10000"),
        ("AWS_LAMBDA_MAX_CONCURRENCY", "many", "a whole number from 1 to 10000"),
        ("LOCAL_LAMBDA_PORT", "65536", "a whole number from 0 to 65535"),
    ])
    func aValueThatDoesNotParseIsNamed(name: String, value: String, expected: String) {
        let error = #expect(throws: InvalidSetting.self) { try RuntimeSettings(Environment([name: value])) }
        #expect(error?.description == "\(name) is \"\(value)\", but must be \(expected)")
    }

    @Test(arguments: ["127.0.0.1", "127.0.0.1:", ":9001", "127.0.0.1:0", "127.0.0.1:65536", "http://127.0.0.1"])
    func anAddressThatDoesNotParseIsNamed(value: String) {
        #expect(throws: InvalidSetting.self) { try RuntimeAPIAddress(Environment(["AWS_LAMBDA_RUNTIME_API": value])) }
    }

    @Test func address() throws {
        let address = try #require(try RuntimeAPIAddress(Environment(["AWS_LAMBDA_RUNTIME_API": "169.254.100.1:9001"])))
        #expect((address.host, address.port) == ("169.254.100.1", 9001))
    }
}
