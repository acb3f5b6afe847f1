//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import Logging
import NIOHTTP1
import Synchronization
import Testing

@testable import LambdaRuntime

@Suite(.timeLimit(.minutes(1)))
struct InitializationTests {
    @Test func happensOnceBeforeTheFirstPollAndItsResultIsHanded() async throws {
        let api = try await MockRuntimeAPI()
        let log = LogLines()
        let runtime = LambdaRuntime(
            initialize: { logger in
                logger.info("connecting")
                return api.connectionsOpened
            },
            body: { (_: Order, _, connections: Int) in connections }
        )
        try await serving(runtime, from: api, ["AWS_LAMBDA_MAX_CONCURRENCY": "2"], log: log) {
            for id in ["1", "2", "3"] {
                api.invoke(id, #"{"item":"x"}"#)
                let post = try await api.nextPost()
                #expect(post.text == "0")
            }
        }
        #expect(log.all.count == 1)
        #expect(log.all.first?.hasSuffix("\t-\tINFO\tconnecting\n") == true)
    }

    @Test func reportsItsErrorAndEnds() async throws {
        let api = try await MockRuntimeAPI()
        let runtime = LambdaRuntime(
            initialize: { _ in throw OutOfStock(description: "no table \"t\"\u{0}\nat all") },
            body: { (order: Order, _, _: Void) in order }
        )
        let task = start(runtime, from: api)
        let post = try await api.nextPost()
        #expect(post.path == "/2018-06-01/runtime/init/error")
        #expect(post.headers["Lambda-Runtime-Function-Error-Type"] == ["OutOfStock"])
        #expect(try object(post.text)["errorMessage"] as? String == "no table \"t\"\u{0}\nat all")
        #expect(try object(post.text)["errorType"] as? String == "OutOfStock")
        let failure = await #expect(throws: RuntimeFailure.self) { try await task.value }
        #expect(failure?.description.hasPrefix("initialization failed: OutOfStock: no table") == true)
    }

    @Test func aSettingThatDoesNotParseIsReported() async throws {
        let api = try await MockRuntimeAPI()
        let task = start(InvocationTests.echo, from: api, ["AWS_LAMBDA_LOG_LEVEL": "LOUD"])
        let post = try await api.nextPost()
        #expect(post.path == "/2018-06-01/runtime/init/error")
        #expect(
            try object(post.text)["errorMessage"] as? String
                == #"AWS_LAMBDA_LOG_LEVEL is "LOUD", but must be TRACE, DEBUG, INFO, WARN, ERROR or FATAL"#
        )
        await #expect(throws: RuntimeFailure.self) { try await task.value }
    }

    @Test func cancellationIsNoError() async throws {
        let api = try await MockRuntimeAPI()
        let (started, isStarted) = AsyncStream.makeStream(of: Void.self)
        let runtime = LambdaRuntime(
            initialize: { _ in
                isStarted.yield()
                try await Task.sleep(for: .seconds(1000))
            },
            body: { (order: Order, _, _: Void) in order }
        )
        let task = start(runtime, from: api)
        for await _ in started { break }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(api.connectionsOpened == 0)
    }
}
