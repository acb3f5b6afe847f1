//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Testing

@testable import LambdaRuntime

@Suite(.timeLimit(.minutes(1)))
struct LocalServerTests {
    /// Serves on a free port while `body` runs.
    func serving(_ runtime: LambdaRuntime, _ variables: [String: String] = [:], while body: (RuntimeAPIConnection) async throws -> Void) async throws
    {
        let (lines, line) = AsyncStream.makeStream(of: String.self)
        let environment = Environment(variables.merging(["LOCAL_LAMBDA_PORT": "0"]) { own, _ in own })
        let task = Task { try await runtime.serve(in: environment) { line.yield($0) } }
        defer { task.cancel() }
        for await line in lines {
            let match = try #require(line.firstMatch(of: /listening on http:\/\/(127\.0\.0\.1:\d+)\//))
            let address = try #require(try RuntimeAPIAddress(Environment(["AWS_LAMBDA_RUNTIME_API": String(match.1)])))
            let connection = try await RuntimeAPIConnection.open(to: address)
            defer { connection.close() }
            return try await body(connection)
        }
    }

    func post(_ body: String, _ path: String = "/invoke", to connection: RuntimeAPIConnection) async throws -> RuntimeAPIAnswer {
        try await connection.send(RuntimeAPIRequest(method: .POST, path: path, body: Array(body.utf8)), host: "localhost")
    }

    @Test func answersInvocationsOnOneConnection() async throws {
        try await serving(InvocationTests.echo) { connection in
            for item in ["a", "ä"] {
                let answer = try await post(#"{"item":"\#(item)"}"#, to: connection)
                #expect(answer.head.status == .ok)
                #expect(answer.head.headers["Content-Type"] == ["application/json"])
                #expect(String(buffer: answer.body) == #"{"item":"\#(item)"}"#)
            }
        }
    }

    @Test func givesAContextAsLambdaWould() async throws {
        let runtime = LambdaRuntime { (_: Order, context: LambdaContext) in
            ["id": context.requestID, "arn": context.invokedFunctionARN, "seconds": "\(context.getRemainingTime().components.seconds)"]
        }
        try await serving(runtime) { connection in
            let context = try object(String(buffer: try await post(#"{"item":"x"}"#, to: connection).body))
            #expect((context["id"] as? String)?.hasPrefix("local-") == true)
            #expect((context["arn"] as? String)?.hasPrefix("arn:aws:lambda:") == true)
            #expect(["899", "900"].contains(context["seconds"] as? String))
        }
    }

    @Test func aBadBodyIsA400AndAnErrorA500() async throws {
        let runtime = LambdaRuntime { (_: Order, _: LambdaContext) async throws -> Order in throw OutOfStock(description: "none left") }
        try await serving(runtime) { connection in
            for body in ["", "{", "{}"] {
                let answer = try await post(body, to: connection)
                #expect(answer.head.status == .badRequest)
                #expect(try object(String(buffer: answer.body))["errorType"] as? String == "Runtime.MalformedEvent")
            }
            let answer = try await post(#"{"item":"x"}"#, to: connection)
            #expect(answer.head.status == .internalServerError)
            #expect(try object(String(buffer: answer.body))["errorMessage"] as? String == "none left")
        }
    }

    @Test func servesOneMethodOnOnePath() async throws {
        try await serving(InvocationTests.echo, ["LOCAL_LAMBDA_INVOCATION_ENDPOINT": "/call"]) { connection in
            let get = try await connection.send(RuntimeAPIRequest(method: .GET, path: "/call"), host: "localhost")
            #expect(get.head.status == .methodNotAllowed)
            #expect(get.head.headers["Allow"] == ["POST"])
            #expect(try await post(#"{"item":"x"}"#, "/invoke", to: connection).head.status == .notFound)
            #expect(try await post(#"{"item":"x"}"#, "/call", to: connection).head.status == .ok)
        }
    }

    @Test(
        arguments: [
            ("evil.example", [:]), ("127.0.0.1.evil.example:7000", [:]), ("localhost", ["Origin": "http://evil.example"]),
            ("localhost", ["Origin": "null"]),
            ("localhost", ["Sec-Fetch-Site": "cross-site"]), ("localhost", ["Origin": "http://localhost:1"]), ("localhost", ["Host": "evil.example"]),
        ] as [(String, HTTPHeaders)]
    )
    func refusesThePagesOfOthersOnEveryPath(host: String, headers: HTTPHeaders) async throws {
        let runtime = LambdaRuntime { (order: Order, _: LambdaContext) async -> Order in
            Issue.record("an event of a foreign page was handled")
            return order
        }
        try await serving(runtime) { connection in
            for path in ["/invoke", "/"] {
                for method in [HTTPMethod.POST, .GET, .OPTIONS] {
                    let body = method == .POST ? Array(#"{"item":"x"}"#.utf8) : []
                    let answer = try await connection.send(RuntimeAPIRequest(method: method, path: path, headers: headers, body: body), host: host)
                    #expect(answer.head.status == .forbidden)
                    #expect(try object(String(buffer: answer.body))["errorType"] as? String == "AccessDenied")
                }
            }
        }
    }

    @Test func aFullQueueIsA429() async throws {
        let server = try await LocalServer.start(.init(host: "127.0.0.1", port: 0, path: "/invoke"))
        let address = try #require(server.url.firstMatch(of: /127\.0\.0\.1:\d+/)).0
        let api = try #require(try RuntimeAPIAddress(Environment(["AWS_LAMBDA_RUNTIME_API": String(address)])))
        // Nobody takes the events: all but one wait for good.
        try await withThrowingTaskGroup(of: (HTTPResponseStatus, String)?.self) { group in
            for _ in 0...LocalServer.queueLimit {
                group.addTask {
                    let connection = try await RuntimeAPIConnection.open(to: api)
                    defer { connection.close() }
                    let answer = try? await connection.send(
                        RuntimeAPIRequest(method: .POST, path: "/invoke", body: Array("{}".utf8)),
                        host: "localhost"
                    )
                    return answer.map { ($0.head.status, String(buffer: $0.body)) }
                }
            }
            let first = try #require(try await group.next() ?? nil)
            #expect(first.0 == .tooManyRequests)
            #expect(try object(first.1)["errorMessage"] as? String == "100 events wait already; send this one again when some are answered")
            group.cancelAll()
            while let other = try await group.next() { #expect(other == nil) }
        }
        withExtendedLifetime(server) {}
    }

    @Test func refusesWhatLambdaWouldRefuseForItsSize() async throws {
        try await serving(InvocationTests.echo) { connection in
            let tooLong = String(repeating: "x", count: 6 * 1024 * 1024)
            let answer = try await post(#"{"item":"\#(tooLong)"}"#, to: connection)
            #expect(answer.head.status == .payloadTooLarge)
            let next = try await post(#"{"item":"x"}"#, to: connection)
            #expect(next.head.status == .ok)
        }
    }

    @Test func closesWhenAsked() async throws {
        let server = try await LocalServer.start(.init(host: "127.0.0.1", port: 0, path: "/invoke"))
        let port = try #require(server.url.firstMatch(of: /:(\d+)\//).flatMap { Int($0.1) })
        let client = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup).connect(host: "127.0.0.1", port: port).get()
        try await client.writeAndFlush(ByteBuffer(string: "GET /invoke HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
        try await client.closeFuture.get()
        withExtendedLifetime(server) {}
    }

    @Test func namesThePortThatIsTaken() async throws {
        let first = try await LocalServer.start(.init(host: "127.0.0.1", port: 0, path: "/invoke"))
        let port = try #require(first.url.firstMatch(of: /:(\d+)\//)).1
        let failure = await #expect(throws: RuntimeFailure.self) {
            try await InvocationTests.echo.serve(in: Environment(["LOCAL_LAMBDA_PORT": String(port)]), sink: { _ in })
        }
        withExtendedLifetime(first) {}
        #expect(failure?.description.hasPrefix("cannot listen on 127.0.0.1:\(port): Address already in use; ") == true)
        #expect(failure?.description.contains("LOCAL_LAMBDA_PORT") == true)
    }

    @Test func saysWhyTheInitializationFailed() async throws {
        let runtime = LambdaRuntime(
            initialize: { _ in throw OutOfStock(description: "no table") },
            body: { (order: Order, _, _: Void) in order }
        )
        let failure = await #expect(throws: RuntimeFailure.self) { try await runtime.serve(in: Environment([:]), sink: { _ in }) }
        #expect(failure?.description == "initialization failed: OutOfStock: no table")
    }

    @Test func stopsListeningWhenCancelled() async throws {
        let (lines, line) = AsyncStream.makeStream(of: String.self)
        let task = Task { try await InvocationTests.echo.serve(in: Environment(["LOCAL_LAMBDA_PORT": "0"])) { line.yield($0) } }
        var port: Int?
        for await line in lines {
            port = line.firstMatch(of: /:(\d+)\/invoke/).flatMap { Int($0.1) }
            break
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        let freed = try #require(port)
        while true {
            try Task.checkCancellation()
            if let server = try? await LocalServer.start(.init(host: "127.0.0.1", port: freed, path: "/")) {
                return withExtendedLifetime(server) {}
            }
        }
    }
}
