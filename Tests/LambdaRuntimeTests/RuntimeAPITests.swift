//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import NIOCore
import NIOHTTP1
import Testing

@testable import LambdaRuntime

/// What the runtime makes of a Runtime API that does not do as it should.
@Suite(.timeLimit(.minutes(1)))
struct RuntimeAPITests {
    static let echo = InvocationTests.echo

    @Test(arguments: [MockRuntimeAPI.Manner.announcesClose, .closesSilently])
    func outlivesConnectionsThatCloseBetweenRequests(manner: MockRuntimeAPI.Manner) async throws {
        let api = try await MockRuntimeAPI(manner)
        try await serving(Self.echo, from: api) {
            for id in 0..<20 {
                api.invoke("\(id)", #"{"item":"x"}"#)
                let next = try await api.nextPost()
                #expect(next.path.hasSuffix("/\(id)/response"))
            }
        }
    }

    @Test func endsWhenTheAPIVanishesDuringTheFirstPoll() async throws {
        let api = try await MockRuntimeAPI()
        let address = api.address
        let task = start(Self.echo, from: api)
        await api.nextPoll()
        try await api.vanish()
        let failure = await #expect(throws: RuntimeFailure.self) { try await task.value }
        #expect(
            failure?.description
                == "lost the Runtime API at \(address) during GET /2018-06-01/runtime/invocation/next: connection closed"
        )
    }

    @Test func endsWhenTheAPIVanishesDuringALaterPoll() async throws {
        let api = try await MockRuntimeAPI()
        let address = api.address
        let task = start(Self.echo, from: api)
        api.invoke("1", #"{"item":"x"}"#)
        for _ in 0..<2 { await api.nextPoll() }
        try await api.vanish()
        let failure = await #expect(throws: RuntimeFailure.self) { try await task.value }
        #expect(failure?.description == "cannot reach the Runtime API at \(address): Connection refused")
    }

    @Test func oneLostPollerEndsTheOthers() async throws {
        let api = try await MockRuntimeAPI()
        let task = start(Self.echo, from: api, ["AWS_LAMBDA_MAX_CONCURRENCY": "4"])
        for _ in 0..<4 { await api.nextPoll() }
        api.answerNextPoll(.init(status: .internalServerError, body: Array("gone".utf8)))
        await #expect(throws: RuntimeFailure.self) { try await task.value }
    }

    @Test(arguments: [500, 503, 403, 204])
    func endsWhenAPollIsRefused(status: Int) async throws {
        let api = try await MockRuntimeAPI()
        api.answerNextPoll(.init(status: HTTPResponseStatus(statusCode: status)))
        let failure = await #expect(throws: RuntimeFailure.self) { try await start(Self.echo, from: api).value }
        #expect(failure?.description.contains("GET /2018-06-01/runtime/invocation/next with status \(status)") == true)
    }

    @Test func endsWhenAnAnswerMeetsAServerError() async throws {
        let api = try await MockRuntimeAPI { _ in .init(status: .internalServerError, body: Array("Container error".utf8)) }
        api.invoke("1", #"{"item":"x"}"#)
        let failure = await #expect(throws: RuntimeFailure.self) { try await start(Self.echo, from: api).value }
        #expect(
            failure?.description
                == "the Runtime API answered POST /2018-06-01/runtime/invocation/1/response with status 500: Container error"
        )
    }

    @Test(arguments: [400, 403, 413])
    func livesOnWhenOneAnswerIsRefused(status: Int) async throws {
        let api = try await MockRuntimeAPI { post in
            post.path.contains("/1/") ? .init(status: HTTPResponseStatus(statusCode: status)) : .init(status: .accepted)
        }
        let log = LogLines()
        try await serving(Self.echo, from: api, log: log) {
            api.invoke("1", #"{"item":"x"}"#)
            _ = try await api.nextPost()
            api.invoke("2", #"{"item":"x"}"#)
            let next = try await api.nextPost()
            #expect(next.path.hasSuffix("/2/response"))
        }
        #expect(log.all.first?.contains("\t1\tERROR\tthe Runtime API answered POST") == true)
        #expect(log.all.first?.contains("status \(status)") == true)
    }

    @Test func waitsNoLongerThanItsTimeoutForAnAnswerToAPost() async throws {
        let api = try await MockRuntimeAPI { _ in nil }
        let address = try #require(try RuntimeAPIAddress(Environment(["AWS_LAMBDA_RUNTIME_API": api.address])))
        let client = RuntimeAPIClient(address, answerTimeout: .milliseconds(20))
        api.invoke("1", "{}")
        let invocation = try await client.next()
        let failure = await #expect(throws: RuntimeFailure.self) { try await invocation.finish(.success([])) }
        #expect(failure?.description.hasSuffix("/invocation/1/response: no answer within 20 ms") == true)
        #expect(api.connectionsOpened == 1)
    }

    @Test func connectsNoMoreOnceItIsCancelled() async throws {
        let api = try await MockRuntimeAPI()
        let address = try #require(try RuntimeAPIAddress(Environment(["AWS_LAMBDA_RUNTIME_API": api.address])))
        let task = Task {
            let client = RuntimeAPIClient(address)
            api.invoke("1", "{}")
            _ = try await client.next()
            _ = try await client.next()
        }
        for _ in 0..<2 { await api.nextPoll() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        // Connections are accepted in the order that they were made in.
        try await RuntimeAPIClient(address).reportInitializationError(ErrorReport(type: "Last", message: ""))
        #expect(api.connectionsOpened == 2)
    }

    @Test func doesNotRepeatARequestWhoseAnswerHadBegun() async throws {
        let server = try await RawServer(answers: [
            "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: 1\r\nLambda-Runtime-Deadline-Ms: 1\r\nContent-Length: 12\r\n\r\n{\"item\":\"x\"}",
            "HTTP/1.1 202 Accepted\r\nContent-Length: 10\r\n\r\n{",
        ])
        let task = Task { try await Self.echo.serve(in: Environment(["AWS_LAMBDA_RUNTIME_API": server.address]), sink: { _ in }) }
        let failure = await #expect(throws: RuntimeFailure.self) { try await task.value }
        #expect(failure?.description.contains("during POST") == true)
        #expect(server.requestCount == 2)
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", "sent an invocation without Lambda-Runtime-Aws-Request-Id"),
        ("HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: 1\r\ncontent-length: 2\r\n\r\n{}", "without Lambda-Runtime-Deadline-Ms"),
        (
            "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: 1\r\nLambda-Runtime-Deadline-Ms: soon\r\ncontent-length: 2\r\n\r\n{}",
            "with Lambda-Runtime-Deadline-Ms: soon"
        ),
        ("SSH-2.0-OpenSSH_9.2\r\n\r\n", "lost the Runtime API"),
    ])
    func endsWhenItIsNoRuntimeAPI(answer: String, reason: String) async throws {
        let server = try await RawServer(answers: [answer])
        let task = Task { try await Self.echo.serve(in: Environment(["AWS_LAMBDA_RUNTIME_API": server.address]), sink: { _ in }) }
        let failure = await #expect(throws: RuntimeFailure.self) { try await task.value }
        #expect(failure?.description.contains(reason) == true, "\(failure as Any)")
    }

    @Test func findsAHostByName() async throws {
        let api = try await MockRuntimeAPI()
        let address = try #require(
            try RuntimeAPIAddress(Environment(["AWS_LAMBDA_RUNTIME_API": api.address.replacing("127.0.0.1", with: "localhost")]))
        )
        api.invoke("1", "{}")
        #expect(try await RuntimeAPIClient(address).next().requestID == "1")
    }

    @Test func stopsWhenCancelled() async throws {
        let api = try await MockRuntimeAPI()
        let task = start(Self.echo, from: api)
        await api.nextPoll()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
