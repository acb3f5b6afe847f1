//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import Foundation
import Testing

@testable import LambdaRuntime

/// What only a process of its own can show.
@Suite(.timeLimit(.minutes(2)))
struct ProcessTests {
    @Test func aMissingRuntimeAPIIsOneLine() async throws {
        let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
            setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:1", 1)
            try await InvocationTests.echo.run()
        }
        let lines = try #require(result).standardErrorContent.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
        #expect(lines.count == 1)
        #expect(lines.first?.hasSuffix("\tFATAL\tcannot reach the Runtime API at 127.0.0.1:1: Connection refused") == true)
    }

    @Test func aFailedInitializationIsOneLineInTheChosenFormat() async throws {
        let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
            let api = try await MockRuntimeAPI()
            setenv("AWS_LAMBDA_RUNTIME_API", api.address, 1)
            setenv("AWS_LAMBDA_LOG_FORMAT", "JSON", 1)
            let runtime = LambdaRuntime(
                initialize: { _ in throw OutOfStock(description: "first\nsecond") },
                body: { (order: Order, _, _: Void) in order }
            )
            try await runtime.run()
        }
        let record = try object(String(decoding: try #require(result).standardErrorContent, as: UTF8.self))
        #expect(record["level"] as? String == "FATAL")
        #expect(record["message"] as? String == "initialization failed: OutOfStock: first\nsecond")
    }

    @Test func theTraceIDIsExportedForTheInvocation() async {
        await #expect(processExitsWith: .success) {
            let ids = try await exported(concurrency: "1")
            #expect(ids == ["Root=1", "none", "Root=3"])
        }
    }

    @Test func theTraceIDIsNotExportedWhereInvocationsOverlap() async {
        await #expect(processExitsWith: .success) {
            let ids = try await exported(concurrency: "2")
            #expect(ids == ["none", "none", "none"])
        }
    }

    @Test func linesOfManyTasksDoNotMix() async throws {
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            await withTaskGroup { group in
                for task in 0..<8 {
                    group.addTask {
                        let line = String(repeating: "\(task)", count: 20_000) + "\n"
                        for _ in 0..<20 { LambdaLogHandler.standardError(line) }
                    }
                }
            }
        }
        let lines = try #require(result).standardErrorContent.split(separator: UInt8(ascii: "\n"))
        #expect(lines.count == 160)
        #expect(lines.allSatisfy { $0.count == 20_000 && Set($0).count == 1 })
    }
}

/// The trace ids that a handler finds in the environment during three invocations, of which the second has none.
private func exported(concurrency: String) async throws -> [String] {
    let api = try await MockRuntimeAPI()
    let runtime = LambdaRuntime { (_: Order, _: LambdaContext) in
        getenv("_X_AMZN_TRACE_ID").map { String(cString: $0) } ?? "none"
    }
    return try await serving(runtime, from: api, ["AWS_LAMBDA_MAX_CONCURRENCY": concurrency]) {
        var found: [String] = []
        for (id, trace) in [("1", "Root=1"), ("2", nil), ("3", "Root=3")] {
            api.invoke(id, #"{"item":"x"}"#, trace: trace)
            found.append(try JSONDecoder().decode(String.self, from: Data(try await api.nextPost().body)))
        }
        return found
    }
}
