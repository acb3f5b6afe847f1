//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import AsyncHTTPClient
import HTTPGuard
import NIOCore
import NIOHTTP1
import NIOSSL
import Testing

/// Answers that would stop the process without the guard.
@Suite struct AnswerGuardTests {
    private func withClient<Success>(
        of answers: [String],
        security: CannedServer.Security = .none,
        _ body: (HTTPClient, HTTPClientRequest) async throws -> Success
    ) async throws -> Success {
        let server = try await CannedServer(answers, security: security)
        var configuration = HTTPClient.Configuration()
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.certificateVerification = .none
        configuration.tlsConfiguration = tls
        configuration.guardAnswers()
        let client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
        let result: Result<Success, any Error>
        do {
            result = .success(try await body(client, HTTPClientRequest(url: server.url)))
        } catch {
            result = .failure(error)
        }
        try await client.shutdown()
        try await server.close()
        return try result.get()
    }

    @Test(
        arguments: [
            "HTTP/1.1 099 Low\r\nContent-Length: 2\r\n\r\nno",
            "HTTP/1.1 001 Low\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 000 Low\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 42 Low\r\nContent-Length: 2\r\n\r\nno",
        ],
        CannedServer.Security.allCases
    )
    func anAnswerBelow100FailsItsRequestAlone(answer: String, security: CannedServer.Security) async throws {
        let isNumber = !answer.contains(" 42 ")
        try await withClient(of: [answer], security: security) { client, request async throws in
            for _ in 0..<2 {
                let error = await #expect(throws: (any Error).self) { try await client.execute(request, timeout: .seconds(30)) }
                if isNumber { #expect(error as? ImpossibleAnswer != nil, "\(String(describing: error))") }
            }
        }
    }

    @Test func soDoesOneToAQuestionForTheHeadAlone() async throws {
        try await withClient(of: ["HTTP/1.1 099 Low\r\nContent-Length: 2\r\n\r\n"]) { client, request async throws in
            var request = request
            request.method = .HEAD
            await #expect(throws: ImpossibleAnswer.self) { try await client.execute(request, timeout: .seconds(30)) }
        }
    }

    @Test(arguments: CannedServer.Security.allCases)
    func otherAnswersArriveUnchangedOnOneConnection(security: CannedServer.Security) async throws {
        let answers = [
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n",
            "HTTP/1.1 999 High\r\nContent-Length: 2\r\n\r\nab",
        ]
        try await withClient(of: answers, security: security) { client, request async throws in
            for status in [200, 200, 999] {
                let answer = try await client.execute(request, timeout: .seconds(30))
                #expect(answer.status.code == status)
                #expect(try await answer.body.collect(upTo: 10) == ByteBuffer(string: "ab"))
            }
        }
    }

    @Test func anUpgradeThatNobodyAskedForIsAnAnswer() async throws {
        try await withClient(of: ["HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"]) { client, request async throws in
            #expect(try await client.execute(request, timeout: .seconds(30)).status.code == 101)
        }
    }
}
