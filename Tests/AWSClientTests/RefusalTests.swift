//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import Testing

@testable import AWSClient

/// What the service may say to a request, and what follows from it.
@Suite struct RefusalTests {
    private static let ok = RawAnswer(body: #"{"ok":true}"#)

    private func call(_ client: AWSJSONClient, isResendable: Bool = false) async throws -> JSON {
        try await client.call("DynamoDB_20120810.UpdateItem", [:], isResendable: isResendable)
    }

    private func failedCall(_ client: AWSJSONClient, isResendable: Bool = false) async throws -> AWSError {
        try await failure { try await call(client, isResendable: isResendable) }
    }

    @Test func aRefusalIsKeptWhole() async throws {
        let body = #"{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"The conditional request failed","#
        let server = try RawServer.answering { _, _ in
            RawAnswer(status: 400, headers: ["x-amzn-RequestId": "REQ1"], body: body + #""Item":{"id":{"S":"x"}}}"#)
        }
        try await withClient(of: server) { client async throws in
            let error = try await failedCall(client)
            #expect(error.code == .service)
            #expect(error.answer?.code == "ConditionalCheckFailedException")
            #expect(error.answer?.message == "The conditional request failed")
            #expect(error.answer?.requestID == "REQ1")
            #expect(error.answer?.status == 400)
            #expect(error.answer?.item == ["id": ["S": "x"]])
            #expect(!error.mayHaveBeenApplied && !error.isThrottling)
            #expect("\(error)".contains("REQ1") && !"\(error)".contains(#""S""#))
        }
        #expect(server.received.count == 1)
    }

    @Test func whatTheServiceSaysControlsNoTerminal() async throws {
        let body = #"{"__type":"x#Odd\u001bException","message":"a\u001b[2J\u009b\u202e\nb"}"#
        let server = try RawServer.answering { _, _ in RawAnswer(status: 400, headers: [:], body: body) }
        try await withClient(of: server) { client async throws in
            let text = "\(try await failedCall(client))"
            #expect(text.contains(#"a\u001b[2J\u009b\u202e\nb"#) && text.contains(#"Odd\u001bException"#), "\(text)")
            #expect(!text.unicodeScalars.contains { $0.properties.generalCategory == .control || $0.properties.isBidiControl })
        }
    }

    @Test(arguments: [
        ("ThrottlingException", 400), ("ProvisionedThroughputExceededException", 400), ("RequestLimitExceeded", 400), ("Whatever", 429),
        ("com.amazon.coral.availability#ThrottlingException", 400),
    ])
    func throttlingIsRecognisedAndNotRetried(code: String, status: Int) async throws {
        let server = try RawServer.answering { _, _ in .failure(code, status: status) }
        try await withClient(of: server) { client async throws in
            let error = try await failedCall(client, isResendable: true)
            #expect(error.isThrottling)
            #expect(!error.mayHaveBeenApplied)
        }
        #expect(server.received.count == 1)
    }

    @Test func afterAServerErrorNobodyKnows() async throws {
        let server = try RawServer.answering { _, _ in RawAnswer(status: 500, body: "<html>oops") }
        try await withClient(of: server) { client async throws in
            let error = try await failedCall(client)
            #expect(error.code == .service && error.answer?.code == nil && error.answer?.status == 500)
            #expect(error.mayHaveBeenApplied && !error.isThrottling)
        }
    }

    // MARK: Clock

    private static let hourAhead = ["Date": DateText.header(testTime + 3_600_000)]

    @Test(arguments: [
        ("RequestTimeTooSkewed", "no"), ("RequestExpired", "no"), ("RequestInTheFuture", "no"),
        ("InvalidSignatureException", "Signature expired: 20261124T063100Z is now earlier than 20261124T071600Z"),
        ("InvalidSignatureException", "Signature not yet current: 20261124T063100Z is still later than 20261124T053100Z"),
        ("SignatureDoesNotMatch", "Signature expired: a is now earlier than b"),
    ])
    func theServicesClockIsLearnt(code: String, message: String) async throws {
        let server = try RawServer.answering { _, number in number == 0 ? .failure(code, message, headers: Self.hourAhead) : Self.ok }
        try await withClient(of: server) { client async throws in
            #expect(try await call(client) == ["ok": true])
            #expect(try await call(client) == ["ok": true])
        }
        #expect(server.received.map { $0.headers["x-amz-date"] } == ["20261124T063100Z", "20261124T073100Z", "20261124T073100Z"])
    }

    @Test func theClockIsCorrectedOnceACall() async throws {
        let server = try RawServer.answering { _, _ in .failure("RequestTimeTooSkewed", headers: Self.hourAhead) }
        try await withClient(of: server) { client async throws in
            let error = try await failedCall(client)
            #expect(error.answer?.code == "RequestTimeTooSkewed" && !error.mayHaveBeenApplied)
        }
        #expect(server.received.count == 2)
    }

    /// A process that was frozen between signing and sending has the right time and a signature of old.
    @Test func withoutADateTheRequestIsSignedAgainAllTheSame() async throws {
        let server = try RawServer.answering { _, number in number == 0 ? .failure("RequestExpired") : Self.ok }
        try await withClient(of: server) { client async throws in #expect(try await call(client) == ["ok": true]) }
    }

    @Test func aWrongSignatureIsNotAMatterOfTheClock() async throws {
        let server = try RawServer.answering { _, _ in .failure("InvalidSignatureException", "does not match", headers: Self.hourAhead) }
        try await withClient(of: server) { client async throws in _ = try await failedCall(client, isResendable: true) }
        #expect(server.received.count == 1)
    }

    // MARK: Credentials

    @Test(arguments: ["ExpiredTokenException", "ExpiredToken"])
    func expiredCredentialsAreFetchedAnewOnce(code: String) async throws {
        let source = CountingSource { number in Credentials(accessKeyID: "AKID\(number)", secretAccessKey: "s", sessionToken: "t") }
        let server = try RawServer.answering { request, _ in
            request.headers["authorization"]?.contains("AKID0") == true ? .failure(code) : Self.ok
        }
        try await withClient(of: server, credentials: source) { client async throws in
            #expect(try await call(client) == ["ok": true])
            #expect(try await call(client) == ["ok": true])
        }
        #expect(source.loads == 2)
        #expect(server.received.count == 3)
    }

    @Test func newCredentialsThatAreExpiredTooAreTheEnd() async throws {
        let source = CountingSource { number in Credentials(accessKeyID: "AKID\(number)", secretAccessKey: "s") }
        let server = try RawServer.answering { _, _ in .failure("ExpiredTokenException") }
        try await withClient(of: server, credentials: source) { client async throws in
            #expect(try await failedCall(client).answer?.code == "ExpiredTokenException")
        }
        #expect(server.received.count == 2)
    }

    @Test func theSameCredentialsAreNotSentAgain() async throws {
        let server = try RawServer.answering { _, _ in .failure("ExpiredTokenException") }
        try await withClient(of: server) { client async throws in
            #expect(try await failedCall(client).answer?.code == "ExpiredTokenException")
        }
        #expect(server.received.count == 1)
    }

    @Test func withoutCredentialsNothingIsSent() async throws {
        let server = try RawServer.answering { _, _ in Self.ok }
        let environment = ProcessEnvironment(["AWS_EC2_METADATA_DISABLED": "true"])
        try await withClient(of: server, credentials: DefaultCredentials(environment: environment)) { client async throws in
            let error = try await failedCall(client)
            #expect(error.code == .credentials && !error.mayHaveBeenApplied)
        }
        #expect(server.received.isEmpty)
    }
}
