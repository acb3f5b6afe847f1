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

@Suite("PutEvents", .timeLimit(.minutes(1))) struct EventBusTests {
    private static let keys = ["AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "eu-west-1"]

    private struct Call {
        var headers: HTTPHeaders
        var body: JSON
    }

    // Gives a bus to a body, and what it was asked; `answers` are the first answers, and the last goes on.
    private func withBus(_ answers: [(HTTPResponseStatus, String)], _ body: (EventBus) async throws -> Void) async throws -> [Call] {
        let shared = Calls()
        let server = try await LoopbackServer.start(.init(port: 0, largestBody: 1 << 20)) { _ in
            HTTPAnswer(.forbidden)
        } respond: { call in
            let json = (try? JSON(parsing: Array((call.body ?? ByteBuffer()).readableBytesView))) ?? .null
            let number = shared.add(Call(headers: call.head.headers, body: json))
            let (status, text) = answers[min(number, answers.count - 1)]
            call.answer(.json(status, ByteBuffer(string: text)))
        }
        var variables = Self.keys
        variables["AWS_ENDPOINT_URL"] = "http://127.0.0.1:\(server.port)"
        variables[EventBus.variable] = "arn:aws:events:eu-west-1:123456789012:event-bus/operations"
        let bus = try EventBus(environment: ProcessEnvironment(variables), logger: quiet)
        try await body(bus)
        await bus.shutdown()
        try await server.channel.close()
        return shared.all
    }

    private final class Calls: Sendable {
        private let state = Mutex<[Call]>([])
        var all: [Call] { state.withLock { $0 } }
        func add(_ call: Call) -> Int {
            state.withLock {
                $0.append(call)
                return $0.count - 1
            }
        }
    }

    @Test func itIsOneSignedRequest() async throws {
        let opening = try openings(["payments"])
        let calls = try await withBus([(.ok, #"{"FailedEntryCount":0,"Entries":[{"EventId":"1"}]}"#)]) { bus in
            let failures = try await bus.put(opening)
            #expect(failures == [nil])
        }
        let call = try #require(calls.first)
        #expect(calls.count == 1)
        #expect(call.headers.first(name: "content-type") == "application/x-amz-json-1.1")
        #expect(call.headers.first(name: "x-amz-target") == "AWSEvents.PutEvents")
        #expect(call.headers.first(name: "authorization")?.contains("/eu-west-1/events/aws4_request") == true)
        let entry = try #require(call.body["Entries"]?.array?.first?.object)
        #expect(Set(entry.keys) == ["Source", "DetailType", "Detail", "Resources", "EventBusName"])
        #expect(entry["Source"] == "swift-circuit-breaker" && entry["DetailType"] == "Circuit State Change")
        #expect(entry["EventBusName"] == "arn:aws:events:eu-west-1:123456789012:event-bus/operations")
        #expect(entry["Resources"] == [.string(tableARN)])
        #expect(try JSON(parsing: Array((entry["Detail"]?.string ?? "").utf8)) == opening[0].detail)
    }

    @Test func aGoodAnswerMayHoldFailures() async throws {
        let text = #"{"FailedEntryCount":1,"Entries":[{"ErrorCode":"ThrottlingException","ErrorMessage":"slow down"},{"EventId":"1"}]}"#
        _ = try await withBus([(.ok, text)]) { bus in
            let failures = try await bus.put(try openings(["a", "b"]))
            #expect(failures == ["ThrottlingException: slow down", nil])
        }
    }

    @Test(arguments: [#"{}"#, #"{"Entries":[{"EventId":"1"}]}"#])
    func anAnswerThatDoesNotFitIsAFailureOfAll(text: String) async throws {
        _ = try await withBus([(.ok, text)]) { bus in
            let failures = try await bus.put(try openings(["a", "b"]))
            #expect(failures.count == 2 && failures.allSatisfy { $0 != nil })
        }
    }

    @Test func theWholeFunctionSendsOnlyWhatFailedAgain() async throws {
        let answers: [(HTTPResponseStatus, String)] = [
            (.serviceUnavailable, #"{"__type":"ServiceUnavailable"}"#),
            (.ok, #"{"FailedEntryCount":1,"Entries":[{"EventId":"1"},{"ErrorCode":"InternalFailure"}]}"#),
            (.ok, #"{"FailedEntryCount":0,"Entries":[{"EventId":"2"}]}"#),
        ]
        let item = ownItem(.open, epoch: 5_000)
        let both = try event(write(nil, item, number: "1", circuit: "a"), write(nil, item, number: "2", circuit: "b"))
        let calls = try await withBus(answers) { bus in
            let handler = StreamHandler(put: { batch async throws(AWSError) in try await bus.put(batch) }, pause: { _ in })
            #expect(await handler.handle(both, remaining: { .seconds(30) }, logger: quiet) == ["batchItemFailures": []])
        }
        #expect(calls.map { $0.body["Entries"]?.array?.count } == [2, 2, 1])
        #expect(calls.last?.body["Entries"]?.array?.first?["Detail"]?.string?.contains(#""circuit":"b""#) == true)
    }

    @Test func aBusThatRefusesHandsAllBack() async throws {
        let calls = try await withBus([(.badRequest, #"{"__type":"AccessDeniedException","message":"no"}"#)]) { bus in
            let handler = StreamHandler(put: { batch async throws(AWSError) in try await bus.put(batch) }, pause: { _ in })
            let opening = try event(write(nil, ownItem(.open, epoch: 5_000), number: "7"))
            let answer = await handler.handle(opening, remaining: { .seconds(30) }, logger: quiet)
            #expect(answer == ["batchItemFailures": [["itemIdentifier": "7"]]])
        }
        #expect(calls.count == DeliveryPlan.attempts)
    }
}
