//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import Foundation
import LambdaRuntime
import MinistackSupport
import Testing

@testable import CircuitBreakerSQS

@Suite("Messages that are hidden")
struct SQSVisibilityTests {
    private struct Queue {
        let client: AWSJSONClient
        let environment: [String: String]
        let url: String
        let arn: String

        init(_ ministack: Ministack) async throws {
            environment = try await ministack.user(allowedTo: ["sqs:*"]).merging(["AWS_ENDPOINT_URL_SQS": ministack.url]) { $1 }
            let variables = environment
            let configuration = try AWSClientConfiguration(service: "sqs", environment: ProcessEnvironment { variables[$0] })
            client = AWSJSONClient(configuration, credentials: DefaultCredentials(environment: ProcessEnvironment { variables[$0] }))
            let input: JSON = ["QueueName": .string("q" + UUID().uuidString)]
            url = try #require(try await client.call("AmazonSQS.CreateQueue", input, isResendable: false)["QueueUrl"]?.string)
            let attributes = try await client.call(
                "AmazonSQS.GetQueueAttributes",
                ["QueueUrl": .string(url), "AttributeNames": ["All"]],
                isResendable: true
            )
            arn = try #require(attributes["Attributes"]?["QueueArn"]?.string)
        }

        func fill(_ count: Int) async throws {
            for number in 0..<count {
                let input: JSON = ["QueueUrl": .string(url), "MessageBody": .string("\(number)")]
                _ = try await client.call("AmazonSQS.SendMessage", input, isResendable: false)
            }
        }

        // What can be received now, hidden for so many seconds.
        func receive(hidingFor seconds: Int64) async throws -> [SQSMessage] {
            var all: [SQSMessage] = []
            while true {
                let output = try await client.call(
                    "AmazonSQS.ReceiveMessage",
                    ["QueueUrl": .string(url), "MaxNumberOfMessages": 10, "VisibilityTimeout": .number(JSON.Number(seconds))],
                    isResendable: false
                )
                guard let messages = output["Messages"]?.array, !messages.isEmpty else { return all }
                for message in messages {
                    all.append(
                        SQSMessage(
                            messageID: try #require(message["MessageId"]?.string),
                            receiptHandle: try #require(message["ReceiptHandle"]?.string),
                            body: try #require(message["Body"]?.string),
                            queueARN: arn
                        )
                    )
                }
            }
        }
    }

    private func visibility(_ environment: [String: String]) -> SQSVisibility {
        SQSVisibility(environment: ProcessEnvironment { environment[$0] })
    }

    @Test("any number of messages are hidden for as long as asked")
    func hides() async throws {
        let queue = try await Queue(try await Ministack.shared)
        try await queue.fill(23)
        let messages = try await queue.receive(hidingFor: 600)
        #expect(messages.count == 23)
        // At once visible again: what was asked for holds, and not the timeout that they were received with.
        try await visibility(queue.environment).hide(messages, seconds: 0)
        let again = try await queue.receive(hidingFor: 600)
        #expect(Set(again.map(\.messageID)) == Set(messages.map(\.messageID)))
        try await visibility(queue.environment).hide(again, seconds: 600)
        #expect(try await queue.receive(hidingFor: 1).isEmpty)
    }

    @Test("a receipt that SQS does not take is logged with the message's id, and the others are hidden")
    func badReceipt() async throws {
        let queue = try await Queue(try await Ministack.shared)
        try await queue.fill(1)
        let good = try #require(try await queue.receive(hidingFor: 600).first)
        let bad = SQSMessage(messageID: "gone", receiptHandle: "nonsense", body: "", queueARN: queue.arn)
        let error = await #expect(throws: MessageVisibilityError.self) { try await visibility(queue.environment).hide([bad, good], seconds: 0) }
        #expect(error?.description.contains("gone: ") == true)
        #expect(try await queue.receive(hidingFor: 600).map(\.messageID) == [good.messageID])
    }

    @Test("what is missing is named: the right, the region, the queue")
    func misconfigured() async throws {
        let ministack = try await Ministack.shared
        let queue = try await Queue(ministack)
        try await queue.fill(1)
        let messages = try await queue.receive(hidingFor: 600)
        let other = try await ministack.user(allowedTo: ["sqs:ReceiveMessage"]).merging(["AWS_ENDPOINT_URL_SQS": ministack.url]) { $1 }
        let denied = await #expect(throws: MessageVisibilityError.self) { try await visibility(other).hide(messages, seconds: 1) }
        #expect(denied?.description.contains("sqs:ChangeMessageVisibility") == true, "\(denied?.description ?? "")")
        let nowhere = await #expect(throws: MessageVisibilityError.self) {
            try await visibility(["HOME": "/nonexistent"]).hide(messages, seconds: 1)
        }
        #expect(nowhere?.description.contains("AWS_REGION") == true)
        let stranger = SQSMessage(messageID: "m", body: "", queueARN: "arn:aws:sns:eu-west-1:123456789012:topic\u{202E}")
        let topic = await #expect(throws: MessageVisibilityError.self) { try await visibility(queue.environment).hide([stranger], seconds: 1) }
        #expect(topic?.description.contains(#"topic\u202e' is no ARN of a queue"#) == true)
    }
}
