//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker
import LoopbackHTTP
import NIOCore
import NIOHTTP1
import Synchronization
import Testing

@testable import CircuitStream

@Suite("Lambda's API of event source mappings", .timeLimit(.minutes(1))) struct MappingAPITests {
    private struct Call {
        var head: HTTPRequestHead
        var body: String
    }

    private final class Calls: Sendable {
        private let state = Mutex<[Call]>([])
        var all: [Call] { state.withLock { $0 } }
        func add(_ call: Call) { state.withLock { $0.append(call) } }
    }

    private func withAPI(_ status: HTTPResponseStatus, _ answer: String, _ body: (MappingAPI) async throws -> Void) async throws -> [Call] {
        let calls = Calls()
        let server = try await LoopbackServer.start(.init(port: 0, largestBody: 1 << 20)) { _ in
            HTTPAnswer(.forbidden)
        } respond: { call in
            calls.add(Call(head: call.head, body: String(buffer: call.body ?? ByteBuffer())))
            call.answer(.json(status, ByteBuffer(string: answer)))
        }
        let variables = [
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL": "http://127.0.0.1:\(server.port)",
        ]
        let api = try MappingAPI(environment: ProcessEnvironment(variables), logger: quiet)
        try await body(api)
        await api.shutdown()
        try await server.channel.close()
        return calls.all
    }

    @Test func describing() async throws {
        let answer = #"{"UUID":"0f","State":"Enabled","LastModified":1.8E9,"BatchSize":10,"ScalingConfig":{"MaximumConcurrency":20}}"#
        let calls = try await withAPI(.ok, answer) { api in
            let mapping = try await api.describe("0f")
            #expect(mapping == Mapping(state: "Enabled", concurrency: 20, changed: Timestamp(milliseconds: 1_800_000_000_000)))
        }
        let call = try #require(calls.first)
        #expect(calls.count == 1 && call.head.method == .GET && call.head.uri == "/2015-03-31/event-source-mappings/0f" && call.body.isEmpty)
        #expect(call.head.headers.first(name: "authorization")?.contains("/eu-west-1/lambda/aws4_request") == true)
    }

    @Test(arguments: [
        (#"{"State":"Disabled"}"#, Mapping(state: "Disabled")), ("{}", Mapping(state: "")),
        (#"{"State":"Enabled","LastModified":1e300,"ScalingConfig":{}}"#, Mapping(state: "Enabled")),
        (#"{"State":"Enabled","LastModified":"now","ProvisionedPollerConfig":{"MinimumPollers":2}}"#, Mapping(state: "Enabled", isProvisioned: true)),
    ])
    func whatIsNotThereIsNotAssumed(answer: String, mapping: Mapping) async throws {
        _ = try await withAPI(.ok, answer) { api in
            let described = try await api.describe("0f")
            #expect(described == mapping)
        }
    }

    @Test func changing() async throws {
        let calls = try await withAPI(.accepted, #"{"State":"Disabling"}"#) { api in
            try await api.set("0f", isEnabled: false, concurrency: 3)
            try await api.set("0f", isEnabled: true, concurrency: nil)
        }
        #expect(calls.map(\.head.method) == [.PUT, .PUT])
        #expect(calls.map(\.head.uri) == Array(repeating: "/2015-03-31/event-source-mappings/0f", count: 2))
        #expect(
            calls.map(\.body) == [
                #"{"Enabled":false,"ScalingConfig":{"MaximumConcurrency":3}}"#, #"{"Enabled":true,"ScalingConfig":{}}"#,
            ]
        )
        #expect(calls[0].head.headers.first(name: "content-type") == "application/json")
    }

    @Test func aRefusalHasItsName() async throws {
        _ = try await withAPI(.conflict, #"{"Type":"User","__type":"ResourceInUseException"}"#) { api in
            let error = await #expect(throws: AWSError.self) { try await api.set("0f", isEnabled: true, concurrency: 2) }
            #expect(error?.answer?.code == "ResourceInUseException")
        }
    }

    @Test func anIdIsNoPath() async throws {
        let calls = try await withAPI(.ok, "{}") { api in _ = try await api.describe("../functions/0f?") }
        #expect(calls.map(\.head.uri) == ["/2015-03-31/event-source-mappings/..%2Ffunctions%2F0f%3F"])
    }
}
