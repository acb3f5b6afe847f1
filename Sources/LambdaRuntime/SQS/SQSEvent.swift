//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A batch of messages, as an event source mapping of Lambda gives them to a function.
public struct SQSEvent: Decodable, Sendable {
    /// The messages; those of a FIFO queue in their order.
    public let messages: [SQSMessage]

    private enum CodingKeys: String, CodingKey {
        case messages = "Records"
    }

    /// Creates a batch, for tests of a handler.
    public init(messages: [SQSMessage]) {
        self.messages = messages
    }
}

/// A message of a queue.
public struct SQSMessage: Decodable, Sendable {
    /// The id by which a batch's answer names it; a message that is received twice has it twice.
    public let messageID: String
    /// What names this receipt of it to SQS.
    public let receiptHandle: String
    /// The text that was sent.
    public let body: String
    /// The queue.
    public let queueARN: String
    /// What SQS says of it, for example `ApproximateReceiveCount` and `MessageGroupId`.
    public let attributes: [String: String]

    private enum CodingKeys: String, CodingKey {
        case receiptHandle, body, attributes
        case messageID = "messageId"
        case queueARN = "eventSourceARN"
    }

    /// Reads the message; attributes that are absent are none.
    public init(from decoder: any Decoder) throws {
        let message = try decoder.container(keyedBy: CodingKeys.self)
        messageID = try message.decode(String.self, forKey: .messageID)
        receiptHandle = try message.decode(String.self, forKey: .receiptHandle)
        body = try message.decode(String.self, forKey: .body)
        queueARN = try message.decode(String.self, forKey: .queueARN)
        attributes = try message.decodeIfPresent([String: String].self, forKey: .attributes) ?? [:]
    }

    /// Creates a message, for tests of a handler.
    public init(messageID: String, receiptHandle: String = "", body: String, queueARN: String, attributes: [String: String] = [:]) {
        self.messageID = messageID
        self.receiptHandle = receiptHandle
        self.body = body
        self.queueARN = queueARN
        self.attributes = attributes
    }

    /// How often it has been received, this time included; SQS counts roughly.
    public var receiveCount: Int { max(1, attributes["ApproximateReceiveCount"].flatMap { Int($0) } ?? 1) }

    /// The group within which a FIFO queue keeps the order; nil in other queues, whose groups have no order.
    public var orderedGroup: String? {
        queueARN.hasSuffix(".fifo") ? attributes["MessageGroupId"] ?? "" : nil
    }

    /// Reads the body as JSON.
    /// - Throws: `DecodingError` if it is none, or not such a value.
    public func json<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(body.utf8))
    }
}

/// Which messages of a batch are to stay in the queue; SQS deletes the others.
///
/// The event source mapping must have `ReportBatchItemFailures`, or all of them are deleted.
public struct SQSBatchResponse: Encodable, Hashable, Sendable {
    /// A message that is to stay in the queue.
    public struct Failure: Encodable, Hashable, Sendable {
        /// The message's id.
        public let itemIdentifier: String
    }

    /// The messages that are to stay in the queue.
    public let batchItemFailures: [Failure]

    /// Creates an answer.
    /// - Parameter messageIDs: of the messages that are to stay in the queue.
    public init(keeping messageIDs: [String]) {
        batchItemFailures = messageIDs.map(Failure.init)
    }
}
