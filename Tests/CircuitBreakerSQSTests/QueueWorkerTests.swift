//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerTesting
import Foundation
import LambdaRuntime
import Logging
import Synchronization
import Testing

@testable import CircuitBreakerSQS

@Suite("Batches of a queue")
struct QueueWorkerTests {
    private struct Down: RetryAfterError {
        var retryAfter: Duration?
    }

    private struct Job: Codable, Equatable {
        var number: Int
    }

    // What was done, and what was hidden for how long.
    private final class Record: Sendable, MessageVisibility {
        let done = Mutex<[Int]>([])
        let hidden = Mutex<[(messages: [String], seconds: Int)]>([])
        let refuses: Bool

        init(refuses: Bool = false) { self.refuses = refuses }

        func hide(_ messages: [SQSMessage], seconds: Int) async throws {
            hidden.withLock { $0.append((messages.map(\.messageID), seconds)) }
            if refuses { throw Down() }
        }
    }

    private static let recovery = RecoveryPolicy(openTime: .seconds(20), maximumOpenTime: .seconds(20), jitter: 0, ramp: .zero)
    private let context = Self.context(seconds: 60)

    private static func context(seconds: Int64) -> LambdaContext {
        let deadline = LambdaClock.Instant(millisecondsSinceEpoch: LambdaClock().now.millisecondsSinceEpoch() + seconds * 1000)
        return LambdaContext(requestID: "r", deadline: deadline, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func message(_ number: Int, group: String? = nil, body: String? = nil, received: Int = 1) -> SQSMessage {
        let attributes = ["ApproximateReceiveCount": "\(received)", "MessageGroupId": group].compactMapValues(\.self)
        let queue = group == nil ? "payments" : "payments.fifo"
        return SQSMessage(
            messageID: "m\(number)",
            body: body ?? #"{"number":\#(number)}"#,
            queueARN: "arn:aws:sqs:eu-west-1:123456789012:\(queue)",
            attributes: attributes
        )
    }

    private func breaker(failures: Int = 3) throws -> CircuitBreaker {
        try CircuitBreaker(
            "bank",
            configuration: .init(
                policy: .failures(failures, within: .seconds(60)),
                recovery: Self.recovery
            ),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    private func worker(_ breaker: CircuitBreaker, _ record: Record, failing: Set<Int> = []) -> QueueWorker<Job> {
        QueueWorker(breaker: breaker, visibility: record) { message in
            try message.json(as: Job.self)
        } work: { job in
            if failing.contains(job.number) { throw Down() }
            record.done.withLock { $0.append(job.number) }
        }
    }

    private func numbers(_ answer: SQSBatchResponse) -> [String] { answer.batchItemFailures.map(\.itemIdentifier) }

    @Test("what Lambda sends is read, and the answer is what Lambda expects")
    func format() throws {
        let json = """
            {"Records":[{"messageId":"059f36b4","receiptHandle":"AQEB","body":"{\\"number\\":1}","attributes":{"ApproximateReceiveCount":"3",\
            "SentTimestamp":"1545082649183","SenderId":"AIDA","ApproximateFirstReceiveTimestamp":"1545082649185","MessageGroupId":"a"},\
            "messageAttributes":{},"md5OfBody":"e4e6","eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:us-east-2:123456789012:my.fifo",\
            "awsRegion":"us-east-2"},{"messageId":"2","receiptHandle":"B","body":"x","eventSourceARN":"arn:aws:sqs:us-east-2:123456789012:my"}]}
            """
        let messages = try JSONDecoder().decode(SQSEvent.self, from: Data(json.utf8)).messages
        #expect(messages.map(\.messageID) == ["059f36b4", "2"] && messages[0].receiptHandle == "AQEB")
        #expect(messages.map(\.receiveCount) == [3, 1] && messages.map(\.orderedGroup) == ["a", nil])
        #expect(try messages[0].json(as: Job.self) == Job(number: 1))
        let answer = String(decoding: try JSONEncoder().encode(SQSBatchResponse(keeping: ["2"])), as: UTF8.self)
        #expect(answer == #"{"batchItemFailures":[{"itemIdentifier":"2"}]}"#)
    }

    @Test("what fails stays in the queue, and all else is done")
    func partialFailure() async throws {
        let (breaker, record) = (try breaker(), Record())
        let batch = SQSEvent(messages: (1...6).map { message($0) })
        #expect(numbers(await worker(breaker, record, failing: [2, 5]).handle(batch, context)) == ["m2", "m5"])
        #expect(record.done.withLock(\.self) == [1, 3, 4, 6])
        #expect(record.hidden.withLock(\.count) == 0)
        #expect(breaker.counts.failed == 2 && breaker.counts.succeeded == 4)
    }

    @Test("in a FIFO queue a group stops at its first failure, and the others go on")
    func ordered() async throws {
        let (breaker, record) = (try breaker(), Record())
        let batch = SQSEvent(messages: (1...8).map { message($0, group: $0 % 2 == 0 ? "even" : "odd") })
        #expect(numbers(await worker(breaker, record, failing: [4]).handle(batch, context)) == ["m4", "m6", "m8"])
        #expect(record.done.withLock(\.self) == [1, 2, 3, 5, 7])
    }

    @Test("a message that cannot be read stops its group too")
    func unreadableInOrder() async throws {
        let (breaker, record) = (try breaker(), Record())
        let batch = SQSEvent(messages: [message(1, group: "a", body: "{"), message(2, group: "a"), message(3, group: "b")])
        #expect(numbers(await worker(breaker, record).handle(batch, context)) == ["m1", "m2"])
        #expect(record.done.withLock(\.self) == [3])
    }

    @Test("groups of a queue without an order do not stop")
    func fairGroups() async throws {
        let (breaker, record) = (try breaker(), Record())
        let messages = (1...3).map { number in
            SQSMessage(
                messageID: "m\(number)",
                body: #"{"number":\#(number)}"#,
                queueARN: "arn:aws:sqs:eu-west-1:123456789012:payments",
                attributes: ["MessageGroupId": "tenant"]
            )
        }
        #expect(numbers(await worker(breaker, record, failing: [1]).handle(SQSEvent(messages: messages), context)) == ["m1"])
    }

    @Test("once the circuit opens, the rest of the batch stays untried and hidden until it may be admitted; then all of it is done")
    func opens() async throws {
        let clock = ManualClock()
        let breaker = try CircuitBreaker(
            "bank",
            configuration: .init(
                policy: .failures(3, within: .seconds(60)),
                recovery: Self.recovery
            ),
            clock: clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let isDown = Atomic(true)
        let record = Record()
        // No deadline on a clock that stands still.
        let worker = QueueWorker(breaker: breaker, visibility: record, postponement: Postponement(spread: 0)) { message in
            try message.json(as: Job.self)
        } work: { job in
            if isDown.load(ordering: .relaxed) { throw Down() }
            record.done.withLock { $0.append(job.number) }
        }
        let deadline = LambdaClock.Instant(millisecondsSinceEpoch: clock.now.advanced(by: .seconds(3600)).milliseconds)
        let context = LambdaContext(requestID: "r", deadline: deadline, logger: self.context.logger)
        let batch = SQSEvent(messages: (1...10).map { message($0) })
        #expect(numbers(await worker.handle(batch, context)) == (1...10).map { "m\($0)" })
        #expect(breaker.view.state == .open && breaker.counts.failed == 3 && breaker.counts.rejected == 1)
        // Failures come back after the queue's own visibility timeout.
        #expect(record.hidden.withLock { $0.map(\.messages) } == [(4...10).map { "m\($0)" }])
        #expect(record.hidden.withLock { $0.map(\.seconds) } == [20])

        clock.advance(by: .milliseconds(20_001))
        isDown.store(false, ordering: .relaxed)
        let answer = numbers(await worker.handle(batch, context))
        #expect(answer == [] && record.done.withLock(\.self) == Array(1...10))
    }

    @Test("a batch that is rejected as a whole costs the dependency nothing, and waits the longer the more often it was received")
    func rejectedBatch() async throws {
        let (breaker, record) = (try breaker(), Record())
        try await breaker.forceOpen(for: nil, by: "ops", why: "test")
        for received in [1, 3] {
            let batch = SQSEvent(messages: (1...4).map { message($0, received: received) })
            #expect(numbers(await worker(breaker, record).handle(batch, context)) == ["m1", "m2", "m3", "m4"])
        }
        #expect(breaker.counts.rejected == 2 && record.done.withLock(\.self) == [])
        let waits = record.hidden.withLock { $0.map(\.seconds) }
        #expect(waits.count == 2 && waits[0] >= 10 && waits[1] >= 40)
    }

    @Test("messages that cannot be hidden stay in the queue even so", arguments: [true, false])
    func notHidden(hasVisibility: Bool) async throws {
        let (breaker, record) = (try breaker(), Record(refuses: true))
        try await breaker.forceOpen(for: nil, by: "ops", why: "test")
        let worker = QueueWorker(breaker: breaker, visibility: hasVisibility ? record : nil, decode: { $0.body }, work: { _ in })
        #expect(numbers(await worker.handle(SQSEvent(messages: [message(1)]), context)) == ["m1"])
        #expect(record.hidden.withLock(\.count) == (hasVisibility ? 1 : 0))
    }

    @Test("bodies that cannot be read stay in the queue, and the circuit does not learn of them", arguments: ["", "{", "[]", #"{"number":"1"}"#])
    func unreadable(body: String) async throws {
        let (breaker, record) = (try breaker(failures: 1), Record())
        let batch = SQSEvent(messages: [message(1, body: body), message(2), message(3, body: body)])
        #expect(numbers(await worker(breaker, record).handle(batch, context)) == ["m1", "m3"])
        #expect(record.done.withLock(\.self) == [2])
        #expect(breaker.view.state == .closed && breaker.counts.failed == 0)
    }

    @Test("a message that comes twice in a batch is done once, and stays once")
    func duplicates() async throws {
        let (breaker, record) = (try breaker(), Record())
        let batch = SQSEvent(messages: [message(1), message(2), message(1), message(2), message(3)])
        #expect(numbers(await worker(breaker, record, failing: [2]).handle(batch, context)) == ["m2"])
        #expect(record.done.withLock(\.self) == [1, 3])
        #expect(breaker.counts.failed == 1)
    }

    @Test("messages for which no time is left stay untried, and are not hidden")
    func noTime() async throws {
        let (breaker, record) = (try breaker(), Record())
        let batch = SQSEvent(messages: [message(1), message(2)])
        #expect(numbers(await worker(breaker, record).handle(batch, Self.context(seconds: 0))) == ["m1", "m2"])
        #expect(breaker.counts.ended == 0 && record.hidden.withLock(\.count) == 0)
    }

    @Test("an empty batch has an empty answer")
    func empty() async throws {
        #expect(numbers(await worker(try breaker(), Record()).handle(SQSEvent(messages: []), context)) == [])
    }

    @Test(
        "waits double with each receipt, are no shorter than the circuit asks for, and no longer than SQS takes",
        arguments: [
            (0, 1, 10), (0, 2, 20), (0, 5, 160), (0, 6, 300), (0, 1000, 300), (0, Int.max, 300), (0, Int.min, 10), (25, 1, 25), (600, 9, 600),
            (1_000_000, 1, 42_300),
        ]
    )
    func waits(retryAfter: Int, received: Int, seconds: Int) {
        #expect(Postponement(spread: 0).seconds(retryAfter: .seconds(retryAfter), receiveCount: received, chance: 0.99) == seconds)
        let spread = Postponement(spread: 0.5).seconds(retryAfter: .seconds(retryAfter), receiveCount: received, chance: 0.5)
        #expect(spread == min(42_300, (seconds * 5 + 3) / 4))
    }

    @Test("a plan that makes no sense still gives waits that SQS takes", arguments: [-1.0, .nan, .infinity, 1e300])
    func oddPlans(spread: Double) {
        let plan = Postponement(first: .seconds(-5), longest: .seconds(-5), spread: spread)
        #expect((1...42_300).contains(plan.seconds(retryAfter: .seconds(-9), receiveCount: 40, chance: 0.9)))
    }
}
