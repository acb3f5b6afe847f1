//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
public import CircuitBreaker
public import CircuitBreakerSQS
import LambdaRuntime

/// What a message of the queue asks for.
public struct Payment: Codable, Equatable, Sendable {
    /// Its id: the bank must make a payment once, however often it is asked, since a queue delivers a message at least once.
    public var id: String
    /// In cents.
    public var amount: Int

    /// Creates a payment.
    public init(id: String, amount: Int) {
        self.id = id
        self.amount = amount
    }
}

/// A payment that nobody can make: its message goes to the dead-letter queue, and the circuit does not learn of it.
public struct BadPayment: Error, CustomStringConvertible {
    /// One line for people.
    public let description: String
}

/// The bank answered with an error.
public struct BankError: RetryAfterError, CustomStringConvertible {
    /// The HTTP status.
    public var status: Int
    /// How long the bank asked to be left alone.
    public var retryAfter: Duration?

    /// Creates an error.
    public init(status: Int, retryAfter: Duration? = nil) {
        self.status = status
        self.retryAfter = retryAfter
    }

    /// One line for people.
    public var description: String { "the bank answered with status \(status)" }
}

/// Makes payments of a queue's messages, through the bank's circuit.
/// - Parameters:
///   - breaker: the bank's circuit.
///   - visibility: hides messages while the circuit is OPEN.
///   - pay: asks the bank, once.
/// - Returns: what handles the queue's batches.
public func paymentWorker(
    breaker: CircuitBreaker,
    visibility: (any MessageVisibility)?,
    pay: @escaping @Sendable (Payment) async throws -> Void
) -> QueueWorker<Payment> {
    QueueWorker(breaker: breaker, visibility: visibility) { message in
        let payment = try message.json(as: Payment.self)
        guard payment.amount > 0 else { throw BadPayment(description: "amount is \(payment.amount), but must be more than 0") }
        return payment
    } work: { payment in
        try await pay(payment)
    }
}
