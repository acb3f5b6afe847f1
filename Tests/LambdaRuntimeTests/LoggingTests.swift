//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import Foundation
import Logging
import Testing

@testable import LambdaRuntime

struct LoggingTests {
    static let nasty = "a\nb\r\n\t\"c\"\\ \u{0}\u{1b}[31m\u{7f}\u{9b}2J\u{85}\u{2028}\u{2029}\u{202e}\u{2066}\u{200f} – ärgerlich 🧨"

    func lines(_ format: LambdaLogHandler.Format, _ level: Logger.Level = .info, _ body: (inout Logger) -> Void) -> [String] {
        let lines = LogLines()
        let handler = LambdaLogHandler(label: "test", format: format, logLevel: level, sink: lines.sink)
        var logger = Logger(label: "test") { _ in handler }
        body(&logger)
        return lines.all
    }

    @Test func text() throws {
        let line = try #require(
            lines(.text) { logger in
                logger[metadataKey: "requestId"] = "r-1"
                logger.info(
                    "CircuitBreaker state: OPEN",
                    metadata: ["circuit": "payments", "after": "3 failures", "said": "\"no\"", "z": ["a", "b"]]
                )
            }.first
        )
        let columns = line.split(separator: "\t")
        #expect(
            columns.dropFirst().joined(separator: "|")
                == #"r-1|INFO|CircuitBreaker state: OPEN after="3 failures" circuit=payments said="\"no\"" z="[\"a\", \"b\"]""# + "\n"
        )
        #expect(try columns[0].wholeMatch(of: Regex(#"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"#)) != nil)
    }

    @Test func textWithoutRequest() {
        #expect(lines(.text) { $0.info("hello") }.first?.hasSuffix("Z\t-\tINFO\thello\n") == true)
    }

    @Test func json() throws {
        let line = try #require(
            lines(.json) { logger in
                logger[metadataKey: "requestId"] = "r-1"
                logger[metadataKey: "circuit"] = "payments"
                logger.warning("hello", metadata: ["circuit": "orders", "n": .stringConvertible(7), "deep": ["list": ["a", ["b": "c"]], "x": "y"]])
            }.first
        )
        let record = try object(line)
        #expect(line.hasSuffix("}\n"))
        #expect(line.hasPrefix("{\"timestamp\":\"20"))
        #expect(record["level"] as? String == "WARN")
        #expect(record["message"] as? String == "hello")
        #expect(record["logger"] as? String == "test")
        #expect(record["requestId"] as? String == "r-1")
        #expect(record["circuit"] as? String == "orders")
        #expect(record["n"] as? String == "7")
        #expect(record["deep"] as? NSDictionary == ["list": ["a", ["b": "c"]], "x": "y"])
    }

    @Test func metadataDoesNotHideLambdasOwnKeys() throws {
        let line = try #require(lines(.json) { $0.info("hello", metadata: ["message": "m", "level": "l", "timestamp": "t", "logger": "g"]) }.first)
        let record = try object(line)
        #expect(record["message"] as? String == "hello")
        #expect(record["metadata.message"] as? String == "m")
        #expect(record["metadata.level"] as? String == "l")
        #expect(record["metadata.timestamp"] as? String == "t")
        #expect(record["metadata.logger"] as? String == "g")
    }

    @Test(arguments: [LambdaLogHandler.Format.text, .json])
    func oneLineWhateverIsInIt(format: LambdaLogHandler.Format) throws {
        let nasty = Self.nasty
        let line = try #require(
            lines(format) { logger in
                logger[metadataKey: "requestId"] = "\(nasty)"
                logger.info("\(nasty)", metadata: [nasty: "\(nasty)", "list": ["\(nasty)"]])
            }.first
        )
        #expect(line.last == "\n")
        let tabs = format == .text ? 3 : 0
        #expect(line.dropLast().unicodeScalars.filter { $0.properties.generalCategory == .control }.count == tabs)
        #expect(
            !line.unicodeScalars.contains {
                $0.properties.isBidiControl || [.lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
            }
        )
        #expect(line.contains("ärgerlich 🧨"))
        #expect(line.contains(#"a\nb\r\n\t"#))
        if format == .json {
            let record = try object(line)
            #expect(record["message"] as? String == nasty)
            #expect(record["requestId"] as? String == nasty)
            #expect(record[nasty] as? String == nasty)
            #expect(record["list"] as? [String] == [nasty])
        }
    }

    @Test func levelsByLambdasNames() throws {
        let names = try lines(.json, .trace) { logger in
            for level in Logger.Level.allCases { logger.log(level: level, "x") }
        }.map { try #require(try object($0)["level"] as? String) }
        #expect(names == ["TRACE", "DEBUG", "INFO", "INFO", "WARN", "ERROR", "FATAL"])
    }

    @Test func recordsBelowTheLevelAreNotWritten() {
        let lines = lines(.text, .warning) { logger in
            logger.info("no")
            logger.warning("yes")
        }
        #expect(lines.count == 1)
    }

    @Test func errorsAndMetadataOfTheMoment() throws {
        let lines = LogLines()
        var handler = LambdaLogHandler(label: "test", format: .json, sink: lines.sink)
        handler.metadataProvider = .init { ["span": "s", "who": "provider"] }
        let logger = Logger(label: "test") { _ in handler }
        logger.error("failed", error: OutOfStock(description: "none left"), metadata: ["who": "caller"])
        let record = try object(try #require(lines.all.first))
        #expect(record["span"] as? String == "s")
        #expect(record["who"] as? String == "caller")
        #expect(record["errorType"] as? String == "OutOfStock")
        #expect(record["errorMessage"] as? String == "none left")
    }

    @Test func theHandlersLoggerFollowsTheSettings() async throws {
        let api = try await MockRuntimeAPI()
        let log = LogLines()
        let runtime = LambdaRuntime { (order: Order, context: LambdaContext) in
            context.logger.debug("hello")
            return order
        }
        try await serving(runtime, from: api, ["AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": "DEBUG"], log: log) {
            api.invoke("r-1", #"{"item":"x"}"#)
            _ = try await api.nextPost()
        }
        let record = try object(try #require(log.all.first))
        #expect(record["requestId"] as? String == "r-1")
        #expect(record["level"] as? String == "DEBUG")
    }
}
