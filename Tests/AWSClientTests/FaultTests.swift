//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import Testing

@testable import AWSClient

/// What a server or the network may do to a call.
@Suite struct FaultTests {
    private static let ok = RawAnswer(body: #"{"ok":true}"#)
    /// No server here ever ends a call: one that ends sooner than this was ended by its limit, however busy the machine is.
    private static let busyMachine = Duration.seconds(3)

    private func call(_ client: AWSJSONClient, isResendable: Bool = true, timeLimit: Duration? = nil) async throws -> JSON {
        try await client.call("DynamoDB_20120810.GetItem", ["a": "b"], isResendable: isResendable, timeLimit: timeLimit)
    }

    private func failedCall(_ client: AWSJSONClient, isResendable: Bool = true, timeLimit: Duration? = nil) async throws -> AWSError {
        try await failure { try await call(client, isResendable: isResendable, timeLimit: timeLimit) }
    }

    @Test func aCallIsOneSignedRequest() async throws {
        let server = try RawServer.answering { _, _ in Self.ok }
        try await withClient(of: server) { client async throws in
            #expect(try await call(client) == ["ok": true])
            #expect(try await call(client) == ["ok": true])
        }
        let request = try #require(server.received.first)
        #expect(server.connectionCount == 1)
        #expect(request.method == "POST" && request.path == "/")
        #expect(request.headers["content-type"] == "application/x-amz-json-1.0")
        #expect(request.headers["x-amz-target"] == "DynamoDB_20120810.GetItem")
        #expect(request.headers["host"] == "127.0.0.1:\(server.port)")
        #expect(request.headers["x-amz-date"] == "20261124T063100Z")
        #expect(request.headers["authorization"]?.hasPrefix("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261124/eu-west-1/dynamodb/") == true)
        #expect(String(decoding: request.body, as: UTF8.self) == #"{"a":"b"}"#)
    }

    // MARK: Connections that turn out dead

    /// Answers once on the first connection, then ends it when the second request has come, as a server does that gave up on a frozen client.
    private func forgetfulServer(resetting: Bool, forgettingAll: Bool = false) throws -> RawServer {
        try RawServer { connection, number in
            if number == 0 || !forgettingAll {
                _ = try connection.readRequest()
                try connection.write(Self.ok.bytes)
            }
            _ = try connection.readRequest()
            if number > 0 && !forgettingAll { try connection.write(Self.ok.bytes) }
            if resetting { connection.reset() }
        }
    }

    @Test(arguments: [true, false])
    func aDeadPooledConnectionCostsOneMoreRequest(resetting: Bool) async throws {
        let server = try forgetfulServer(resetting: resetting)
        try await withClient(of: server) { client async throws in
            #expect(try await call(client) == ["ok": true])
            #expect(try await call(client) == ["ok": true])
        }
        #expect(server.connectionCount == 2)
        #expect(server.received.count == 3)
    }

    @Test(arguments: [true, false])
    func whatMayNotBeSentTwiceIsNot(resetting: Bool) async throws {
        let server = try forgetfulServer(resetting: resetting)
        try await withClient(of: server) { client async throws in
            _ = try await call(client)
            let error = try await failedCall(client, isResendable: false)
            #expect(error.code == .connectionLost)
            #expect(error.mayHaveBeenApplied)
        }
        #expect(server.received.count == 2)
    }

    @Test func aSecondLossIsFinal() async throws {
        let server = try forgetfulServer(resetting: true, forgettingAll: true)
        try await withClient(of: server) { client async throws in
            _ = try await call(client)
            let error = try await failedCall(client)
            #expect(error.code == .connectionLost)
            #expect(error.mayHaveBeenApplied)
        }
        #expect(server.received.count == 3)
    }

    /// The first attempt may have been applied although the second was refused, so the whole call may have been.
    @Test func aRefusalAfterALossDoesNotTakeTheDoubtAway() async throws {
        let server = try RawServer { connection, number in
            _ = try connection.readRequest()
            if number == 1 { try connection.write(RawAnswer.failure("ConditionalCheckFailedException").bytes) }
        }
        try await withClient(of: server) { client async throws in
            let error = try await failedCall(client)
            #expect(error.answer?.code == "ConditionalCheckFailedException")
            #expect(error.mayHaveBeenApplied)
        }
    }

    @Test func aConnectionClosedBetweenCallsIsNoTrouble() async throws {
        let server = try RawServer { connection, _ in
            _ = try connection.readRequest()
            try connection.write(Self.ok.bytes)
        }
        try await withClient(of: server) { client async throws in
            for _ in 0..<20 { #expect(try await call(client) == ["ok": true]) }
        }
    }

    /// After a freeze, what may not be sent twice goes on a connection that cannot have died meanwhile.
    @Test(arguments: [11, -1] as [Int64])
    func afterAPauseAnOldConnectionIsNotTrusted(seconds: Int64) async throws {
        let server = try forgetfulServer(resetting: true)
        let clock = TestClock()
        try await withClient(of: server, clock: clock) { client async throws in
            _ = try await call(client)
            for _ in 0..<2 {
                clock.advance(seconds: seconds)
                #expect(try await call(client, isResendable: false) == ["ok": true])
            }
        }
        #expect(server.connectionCount == 3)
        #expect(server.received.count == 3)
    }

    // MARK: Answers that are late, cut, or nonsense

    @Test(arguments: [true, false])
    func aBlackHoleTakesNoLongerThanTheLimit(accepts: Bool) async throws {
        let server = try RawServer { connection, _ in
            if accepts { _ = try connection.readRequest() }
            while try !connection.read(1 << 16).isEmpty {}
        }
        try await withClient(of: server) { client async throws in
            let start = ContinuousClock.now
            let error = try await failedCall(client, isResendable: false, timeLimit: .seconds(1))
            let took = ContinuousClock.now - start
            #expect(error.code == .timeLimit)
            #expect(error.mayHaveBeenApplied)
            #expect(error.message.contains(server.url) && error.message.contains("1.0"))
            #expect(took >= .seconds(1) && took < .seconds(1) + Self.busyMachine, "\(took)")
        }
    }

    @Test func theLimitHoldsOverRetries() async throws {
        let server = try RawServer { connection, number in
            _ = try connection.readRequest()
            if number > 0 { _ = try connection.read(1) }
        }
        try await withClient(of: server) { client async throws in
            let start = ContinuousClock.now
            let error = try await failedCall(client, timeLimit: .seconds(2))
            #expect(error.code == .timeLimit && error.mayHaveBeenApplied)
            #expect(ContinuousClock.now - start < .seconds(2) + Self.busyMachine)
        }
        #expect(server.received.count == 2)
    }

    @Test func aDripOfBytesDoesNotOutliveTheLimit() async throws {
        let server = try RawServer { connection, _ in
            _ = try connection.readRequest()
            try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
            for _ in 0..<2_000 {
                try connection.write(" ")
                pause(milliseconds: 10)
            }
        }
        try await withClient(of: server) { client async throws in
            let start = ContinuousClock.now
            let error = try await failedCall(client, timeLimit: .milliseconds(200))
            #expect(error.code == .timeLimit)
            #expect(ContinuousClock.now - start < Self.busyMachine)
        }
    }

    @Test func aSlowReplyWithinTheLimitIsAReply() async throws {
        let server = try RawServer { connection, _ in
            _ = try connection.readRequest()
            for part in Self.ok.bytes {
                try connection.write(String(part))
                pause(milliseconds: 2)
            }
        }
        try await withClient(of: server) { client async throws in #expect(try await call(client) == ["ok": true]) }
    }

    @Test func credentialsCountForTheLimitToo() async throws {
        let server = try RawServer.answering { _, _ in Self.ok }
        let source = CountingSource { _ in
            try? await Task.sleep(for: .seconds(60))
            return nil
        }
        try await withClient(of: server, credentials: source) { client async throws in
            let error = try await failedCall(client, timeLimit: .milliseconds(100))
            #expect(error.code == .timeLimit)
            #expect(!error.mayHaveBeenApplied)
        }
    }

    @Test(arguments: [
        ("not JSON at all", 200), ("", 200), ("{\"ok\":", 200), ("\u{0}\u{1}", 200), (String(repeating: "[", count: 10_000), 200),
        ("<html>", 302), ("", 204),
    ])
    func garbageIsNamed(body: String, status: Int) async throws {
        let server = try RawServer.answering { _, _ in RawAnswer(status: status, headers: ["Location": "http://127.0.0.1:1/"], body: body) }
        try await withClient(of: server) { client async throws in
            let error = try await failedCall(client, isResendable: false)
            #expect(error.code == (status == 200 ? .badAnswer : .service))
            #expect(error.mayHaveBeenApplied)
        }
    }

    @Test(arguments: [
        "garbage\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Len", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"ok\":true}",
        "HTTP/1.1 099 Low\r\nContent-Length: 2\r\n\r\n{}",
    ])
    func whatIsNotOrNotAllHTTPIsNamedAndNotAskedForAgain(text: String) async throws {
        let server = try RawServer { connection, _ in
            _ = try connection.readRequest()
            try connection.write(text)
        }
        try await withClient(of: server) { client async throws in
            let error = try await failedCall(client)
            #expect(error.code == .badAnswer, "\(error)")
            #expect(error.mayHaveBeenApplied)
        }
        #expect(server.received.count == 1)
    }

    @Test func anAnswerIsReadUpToALimit() async throws {
        let server = try RawServer.answering { _, _ in RawAnswer(body: String(repeating: " ", count: 100_000) + "{}") }
        try await withClient(of: server, maximumAnswerBytes: 100_001) { client async throws in
            let error = try await failedCall(client)
            #expect(error.code == .badAnswer && error.message.contains("100001"))
            #expect(error.mayHaveBeenApplied)
        }
        let other = try RawServer.answering { _, _ in RawAnswer(body: String(repeating: " ", count: 100_000) + "{}") }
        try await withClient(of: other, maximumAnswerBytes: 100_002) { client async throws in #expect(try await call(client) == [:]) }
    }

    @Test func anEndlessAnswerIsNotWaitedFor() async throws {
        let server = try RawServer { connection, _ in
            _ = try connection.readRequest()
            try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + String(repeating: " ", count: 10_000))
            while try !connection.read(1).isEmpty {}
        }
        try await withClient(of: server, maximumAnswerBytes: 9_999) { client async throws in
            #expect(try await failedCall(client, timeLimit: .seconds(30)).code == .badAnswer)
        }
    }

    // MARK: No connection, no time, no client

    @Test func anUnreachableEndpointIsNamed() async throws {
        var configuration = try AWSClientConfiguration(service: "dynamodb", region: "r-1", endpoint: "http://127.0.0.1:\(freePort())")
        configuration.connectTimeout = .seconds(30)
        configuration.timeLimit = .seconds(60)
        let start = ContinuousClock.now
        let client = AWSJSONClient(configuration, credentials: FixedCredentials(testCredentials))
        let error = try await failedCall(client, isResendable: false)
        #expect(error.code == .unreachable, "\(error)")
        #expect(!error.mayHaveBeenApplied)
        #expect(ContinuousClock.now - start < .seconds(15))
        await client.shutdown()
    }

    @Test func cancellationIsPrompt() async throws {
        let server = try RawServer { connection, _ in
            _ = try connection.readRequest()
            _ = try connection.read(1)
        }
        try await withClient(of: server) { client async throws in
            let task = Task { try await failedCall(client, timeLimit: .seconds(30)) }
            while server.received.isEmpty { await Task.yield() }
            let start = ContinuousClock.now
            task.cancel()
            let error = try await task.value
            #expect(error.code == .cancelled)
            #expect(error.mayHaveBeenApplied)
            #expect(ContinuousClock.now - start < Self.busyMachine)
        }
    }

    @Test func connectionsAreBoundedAndLaterCallsWait() async throws {
        let server = try RawServer.answering { _, _ in Self.ok }
        try await withClient(of: server, maximumConnections: 2) { client async throws in
            try await withThrowingTaskGroup(of: JSON.self) { group in
                for _ in 0..<100 { group.addTask { try await call(client) } }
                for try await output in group { #expect(output == ["ok": true]) }
            }
        }
        #expect(server.connectionCount <= 2)
    }

    @Test func aBurstIsNotAnUnreachableEndpoint() async throws {
        let server = try RawServer { connection, _ in
            _ = try connection.readRequest()
            _ = try connection.read(1)
        }
        try await withClient(of: server, maximumConnections: 1, maximumWaitingCalls: 1, connectTimeout: .milliseconds(100)) { client async throws in
            let first = Task { try await failedCall(client, timeLimit: .seconds(30)) }
            while server.received.isEmpty { await Task.yield() }
            let second = Task { try await failedCall(client, timeLimit: .milliseconds(400)) }
            while client.waitingCalls == 0 { await Task.yield() }
            let third = try await failedCall(client)
            #expect(third.code == .busy && third.message.contains("maximumConnections") && !third.mayHaveBeenApplied, "\(third)")
            let late = try await second.value
            #expect(late.code == .timeLimit && !late.mayHaveBeenApplied, "\(late)")
            first.cancel()
            #expect(try await first.value.code == .cancelled)
        }
    }

    @Test func afterShutdownCallsFail() async throws {
        let server = try RawServer { connection, _ in
            _ = try connection.readRequest()
            _ = try connection.read(1)
        }
        try await withClient(of: server) { client async throws in
            let underWay = Task { try await failedCall(client, timeLimit: .seconds(30)) }
            while server.received.isEmpty { await Task.yield() }
            await client.shutdown()
            #expect(try await underWay.value.code == .shutDown)
            #expect(try await failedCall(client).code == .shutDown)
        }
    }

    @Test func aClientThatIsForgottenDoesNoHarm() async throws {
        let server = try RawServer.answering { _, _ in Self.ok }
        let configuration = try AWSClientConfiguration(service: "dynamodb", region: "r-1", endpoint: server.url)
        #expect(try await call(AWSJSONClient(configuration, credentials: FixedCredentials(testCredentials))) == ["ok": true])
    }
}
