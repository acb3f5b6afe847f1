//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import LambdaRuntime
import LoopbackHTTP
import NIOCore
import NIOHTTP1
import Synchronization
import Testing

@testable import CircuitSidecar

@Suite("The extension's life", .timeLimit(.minutes(1)))
struct ExtensionTests {
    // An Extensions API that answers one request after the other from a list, and keeps what it was asked.
    private final class FakeAPI: Sendable {
        struct Request: Equatable {
            var line: String
            var name: String?
            var identifier: String?
            var body: String
        }

        private let answers: Mutex<[HTTPAnswer]>
        private let asked = Mutex<[Request]>([])

        init(_ answers: [HTTPAnswer]) {
            self.answers = Mutex(answers)
        }

        var requests: [Request] { asked.withLock { $0 } }

        func using(_ body: (Environment) async throws -> Void) async throws {
            let server = try await LoopbackServer.start(.init(port: 0, largestBody: 1000)) { _ in
                HTTPAnswer(.forbidden)
            } respond: { call in
                let request = Request(
                    line: "\(call.head.method) \(call.head.uri)",
                    name: call.head.headers.first(name: "Lambda-Extension-Name"),
                    identifier: call.head.headers.first(name: "Lambda-Extension-Identifier"),
                    body: call.body.map { String(buffer: $0) } ?? ""
                )
                self.asked.withLock { $0.append(request) }
                call.answer(self.answers.withLock { $0.isEmpty ? HTTPAnswer(.internalServerError) : $0.removeFirst() })
            }
            defer { server.channel.close(promise: nil) }
            try await body(Environment(["AWS_LAMBDA_RUNTIME_API": "127.0.0.1:\(server.port)"]))
        }
    }

    private static func event(_ text: String) -> HTTPAnswer { .json(.ok, ByteBuffer(string: text)) }

    @Test("it registers for SHUTDOWN alone under its file's name, and waits for that; what fails is tried again")
    func life() async throws {
        let api = FakeAPI([
            HTTPAnswer(.internalServerError), HTTPAnswer(.ok),
            HTTPAnswer(.ok, headers: ["Lambda-Extension-Identifier": "id-1"], body: ByteBuffer(string: "{}")),
            HTTPAnswer(.serviceUnavailable),
            Self.event(#"{"eventType":"INVOKE","invokedFunctionArn":"arn:aws:lambda:eu-west-1:1:function:SHUTDOWN"}"#),
            Self.event(#"{"eventType":"SHUTDOWN","deadlineMs":1700000000123,"shutdownReason":"spindown"}"#),
        ])
        try await api.using { environment in
            let life = try #require(try LambdaExtension(environment, program: "/opt/extensions/circuit-breaker-extension", logger: LogLines().logger))
            let identifier = try await life.register()
            #expect(identifier == "id-1")
            let shutdown = try await life.shutdown(identifier)
            #expect(shutdown == .init(reason: "spindown", deadlineMilliseconds: 1_700_000_000_123))
        }
        let register = FakeAPI.Request(
            line: "POST /2020-01-01/extension/register",
            name: "circuit-breaker-extension",
            identifier: nil,
            body: #"{"events":["SHUTDOWN"]}"#
        )
        let next = FakeAPI.Request(line: "GET /2020-01-01/extension/event/next", name: nil, identifier: "id-1", body: "")
        #expect(api.requests == [register, register, register, next, next, next])
    }

    @Test(
        "reasons are known in any case, and others are taken for a spindown",
        arguments: [("timeout", true), ("TIMEOUT", true), ("Timeout", true), ("FAILURE", false), ("SandboxTerminated", false), ("", false)]
    )
    func reasons(reason: String, isTimeout: Bool) {
        #expect(LambdaExtension.Shutdown(reason: reason, deadlineMilliseconds: 0).isTimeout == isTimeout)
    }

    @Test("calls that are open at a time out have failed")
    func deaths() async throws {
        let site = try Site(threshold: 3)
        for _ in 0..<3 { _ = try await site.permit() }
        #expect(await site.sidecar.finishAll(.failure(retryAfter: nil)) == 3)
        #expect(try await site.record().state == .open)
        #expect(site.sidecar.openPermitCount == 0)
    }

    @Test("elsewhere than on Lambda it is no extension")
    func elsewhere() throws {
        #expect(try LambdaExtension(Environment([:]), program: "x", logger: LogLines().logger) == nil)
    }
}
