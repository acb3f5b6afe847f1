//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import AWSClient
public import LambdaRuntime
public import Logging
import SafeText

/// Hides messages of a queue from its receivers for a while.
public protocol MessageVisibility: Sendable {
    /// Hides messages that were received.
    /// - Parameters:
    ///   - messages: of one or more queues.
    ///   - seconds: from now on.
    /// - Throws: if some of them could not be hidden; they come back after the queue's visibility timeout.
    func hide(_ messages: [SQSMessage], seconds: Int) async throws
}

/// Messages that could not be hidden.
public struct MessageVisibilityError: Error, CustomStringConvertible {
    /// Which, why, and how to fix it where that is known, without characters that control a terminal.
    public let description: String

    init(description: String) {
        self.description = description.escaped
    }
}

/// Hides messages with `sqs:ChangeMessageVisibility`, a right that a function with an event source mapping on the queue has by CDK's `SqsEventSource`.
///
/// Region, endpoint and credentials are found where the AWS tools find them.
public struct SQSVisibility: MessageVisibility {
    private struct Connection {
        var client: AWSJSONClient
        var endpoint: String
    }

    private let connection: Result<Connection, AWSError>

    /// Creates it; it makes no connection yet.
    /// - Parameter logger: logs retries and fetched credentials.
    public init(logger: Logger = Logger(label: "CircuitBreakerSQS", factory: { _ in SwiftLogNoOpLogHandler() })) {
        self.init(environment: .current, logger: logger)
    }

    package init(
        environment: ProcessEnvironment,
        logger: Logger = Logger(label: "CircuitBreakerSQS", factory: { _ in SwiftLogNoOpLogHandler() })
    ) {
        do throws(AWSError) {
            let configuration = try AWSClientConfiguration(service: "sqs", environment: environment)
            let client = AWSJSONClient(configuration, credentials: DefaultCredentials(environment: environment), logger: logger)
            connection = .success(Connection(client: client, endpoint: configuration.endpoint.url))
        } catch {
            connection = .failure(error)
        }
    }

    // What SQS takes in one request.
    private static let most = 10

    /// Hides messages, ten with each request.
    public func hide(_ messages: [SQSMessage], seconds: Int) async throws {
        let connection: Connection
        do {
            connection = try self.connection.get()
        } catch {
            throw MessageVisibilityError(description: error.message)
        }
        var failures: [String] = []
        for (queue, messages) in Dictionary(grouping: messages, by: \.queueARN).sorted(by: { $0.key < $1.key }) {
            guard let url = Self.url(of: queue, at: connection.endpoint) else {
                failures.append("'\(queue.prefix(256))' is no ARN of a queue")
                continue
            }
            for start in stride(from: 0, to: messages.count, by: Self.most) {
                let part = Array(messages[start..<min(start + Self.most, messages.count)])
                failures += await Self.hide(part, of: url, seconds: seconds, connection)
            }
        }
        if !failures.isEmpty { throw MessageVisibilityError(description: failures.joined(separator: "; ")) }
    }

    private static func hide(_ messages: [SQSMessage], of url: String, seconds: Int, _ connection: Connection) async -> [String] {
        let entries = messages.enumerated().map { number, message -> JSON in
            [
                "Id": .string("\(number)"), "ReceiptHandle": .string(message.receiptHandle),
                "VisibilityTimeout": .number(JSON.Number(seconds)),
            ]
        }
        do {
            let input: JSON = ["QueueUrl": .string(url), "Entries": .array(entries)]
            let output = try await connection.client.call("AmazonSQS.ChangeMessageVisibilityBatch", input, isResendable: true)
            return (output["Failed"]?.array ?? []).map { failure in
                let message = failure["Id"]?.string.flatMap { Int($0) }.flatMap { messages.indices.contains($0) ? messages[$0].messageID : nil }
                let code = failure["Code"]?.string ?? "no code"
                return "\(message ?? "a message"): \(failure["Message"]?.string.map { "\(code): \($0)" } ?? code)"
            }
        } catch {
            let right = AccessDenial(error.answer) == nil ? "" : "; the function needs sqs:ChangeMessageVisibility on the queue"
            return ["\(messages.count) messages: \(error.message)\(right)"]
        }
    }

    // arn:aws:sqs:eu-west-1:123456789012:payments
    static func url(of arn: String, at endpoint: String) -> String? {
        let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", parts[2] == "sqs", !parts[4].isEmpty, !parts[5].isEmpty else { return nil }
        return "\(endpoint)/\(parts[4])/\(parts[5])"
    }
}
