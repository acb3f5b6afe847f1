//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerSQS
import LambdaRuntime
import Logging
import Payments
import Synchronization
import Testing

struct PaymentsTests {
    // A bank that can be down, and remembers which payments it was asked for.
    private final class Bank: Sendable {
        let asked = Mutex<[String]>([])
        let isDown = Atomic(false)

        func pay(_ payment: Payment) throws {
            asked.withLock { $0.append(payment.id) }
            if isDown.load(ordering: .relaxed) { throw BankError(status: 503) }
        }
    }

    private let bank = Bank()
    private let logger = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }

    private func worker(_ breaker: CircuitBreaker) -> QueueWorker<Payment> {
        let bank = bank
        return paymentWorker(breaker: breaker, visibility: nil) { try bank.pay($0) }
    }

    private func breaker() throws -> CircuitBreaker {
        try CircuitBreaker("bank", configuration: .init(policy: .failures(2, within: .seconds(60))), logger: logger)
    }

    private func batch(_ bodies: String...) -> SQSEvent {
        SQSEvent(
            messages: bodies.enumerated().map { number, body in
                SQSMessage(messageID: "m\(number)", body: body, queueARN: "arn:aws:sqs:eu-west-1:123456789012:payments")
            }
        )
    }

    private func context() -> LambdaContext {
        let deadline = LambdaClock.Instant(millisecondsSinceEpoch: LambdaClock().now.millisecondsSinceEpoch() + 60_000)
        return LambdaContext(requestID: "r", deadline: deadline, logger: logger)
    }

    private func body(_ id: String, amount: Int = 100) -> String { #"{"id":"\#(id)","amount":\#(amount)}"# }

    private func kept(_ answer: SQSBatchResponse) -> [String] { answer.batchItemFailures.map(\.itemIdentifier) }

    @Test
    func `Payments are made, and nothing stays in the queue`() async throws {
        let answer = await worker(try breaker()).handle(batch(body("a"), body("b")), context())
        #expect(kept(answer) == [])
        #expect(bank.asked.withLock(\.self) == ["a", "b"])
    }

    @Test
    func `What is no payment stays for the dead-letter queue, and says nothing of the bank`() async throws {
        let breaker = try breaker()
        let answer = await worker(breaker).handle(batch("hello", body("b", amount: 0), body("c"), body("d", amount: -1)), context())
        #expect(kept(answer) == ["m0", "m1", "m3"])
        #expect(bank.asked.withLock(\.self) == ["c"])
        #expect(breaker.counts.failed == 0)
    }

    @Test
    func `A bank that is down is left alone after two failures, and no payment is lost`() async throws {
        let breaker = try breaker()
        bank.isDown.store(true, ordering: .relaxed)
        let messages = batch(body("a"), body("b"), body("c"), body("d"))
        #expect(kept(await worker(breaker).handle(messages, context())) == ["m0", "m1", "m2", "m3"])
        #expect(kept(await worker(breaker).handle(messages, context())) == ["m0", "m1", "m2", "m3"])
        #expect(bank.asked.withLock(\.self) == ["a", "b"])
        #expect(breaker.view.state == .open)

        // The order stands for the bank being well again.
        bank.isDown.store(false, ordering: .relaxed)
        try await breaker.forceClosed(for: .seconds(60), by: "tests", why: "the bank is back")
        #expect(kept(await worker(breaker).handle(messages, context())) == [])
        #expect(bank.asked.withLock(\.self) == ["a", "b", "a", "b", "c", "d"])
    }
}
