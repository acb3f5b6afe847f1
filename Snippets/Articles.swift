//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// The code of the README and of the articles that is neither a program nor a test; `scripts/check-code` compares them.
import CircuitBreaker
import CircuitBreakerDynamoDB
import CircuitBreakerSQS
import CircuitBreakerValkey
import Foundation
import LambdaRuntime

struct Order: Sendable {}

struct Quote: Sendable {
    static let cached = Quote()
    var isComplete = true
}

struct Payments: Sendable {
    func quote(_ order: Order) async throws -> Quote { Quote() }
}

struct HTTPStatusError: Error { var status = 503 }

func protectedCall(_ payments: Payments, _ order: Order) async throws -> Quote {
    let breaker = try CircuitBreaker("payments", policy: .failures(3, within: .seconds(60)))

    let quote = try await breaker.run {
        try await payments.quote(order)
    } fallback: { reason in
        Quote.cached
    }
    return quote
}

func sharedCircuit() async throws {
    let breaker = try CircuitBreaker("payments", store: DynamoDBStore(table: "circuits"))
    try await breaker.prepare()
}

func circuitInValkey() async throws {
    let breaker = try CircuitBreaker("payments", store: ValkeyStore(url: "valkey://cache.internal/0"))
    try await breaker.prepare()
}

func plainCall(_ breaker: CircuitBreaker, _ payments: Payments, _ order: Order) async throws -> Quote {
    let quote = try await breaker.run { try await payments.quote(order) }
    return quote
}

func callWithDeadline(_ breaker: CircuitBreaker, _ payments: Payments, _ order: Order, _ deadline: Timestamp) async throws -> Quote {
    try await breaker.run(deadline: deadline) {
        try await payments.quote(order)
    } fallback: { reason in
        Quote.cached
    }
}

func resultByValue(_ breaker: CircuitBreaker, _ payments: Payments, _ order: Order) async {
    switch await breaker.result(of: { try await payments.quote(order) }) {
    case .success(let quote): use(quote)
    case .failure(.rejected(let rejection)): comeBack(after: rejection.retryAfter)
    case .failure(let failure): log(failure)
    }
}

func use(_ quote: Quote) {}
func comeBack(after wait: Duration) {}
func log(_ failure: any Error) {}

func middleware(_ breaker: CircuitBreaker, _ payments: Payments, _ order: Order) async throws -> Quote {
    switch try await breaker.acquire() {
    case .rejected(let rejection):
        throw rejection
    case .permit(let permit):
        do {
            let quote = try await payments.quote(order)
            await permit.succeed()
            return quote
        } catch {
            await permit.fail(error)
            throw error
        }
    }
}

func settings() throws {
    let configuration = try CircuitBreaker.Configuration(variables: ProcessInfo.processInfo.environment)
    _ = configuration
}

func settingsByPrefix(_ variables: [String: String]) throws {
    // CIRCUITBREAKER_TIMEOUT_MS=10000
    // CIRCUITBREAKER_PAYMENTS_TIMEOUT_MS=3000
    let payments = try CircuitBreaker.Configuration(variables: variables, prefix: "PAYMENTS")
    let orders = try CircuitBreaker.Configuration(variables: variables, prefix: "ORDERS")
    _ = (payments, orders)
}

let policies: [TripPolicy] = [
    .failures(5, within: .seconds(60)),
    .failures(5, within: .seconds(60), share: 0),
    .failureRate(0.5, minimumCalls: 20, within: .seconds(60)),
    .consecutiveFailures(5),
    .failures(5, within: .seconds(60)).orSlowCalls(0.5, longerThan: .seconds(2), minimumCalls: 20),
    .failures(5, within: .seconds(60)).minimumReporters(3),
]

func judgedErrors() throws -> CircuitBreaker {
    let configuration = CircuitBreaker.Configuration(
        policy: .failures(5, within: .seconds(60)),
        timeout: .seconds(3),
        judge: { error in
            // The caller's own mistake says nothing about the dependency.
            if let error = error as? HTTPStatusError, error.status < 500 { return .ignored }
            return .standard(error)
        }
    )
    return try CircuitBreaker("payments", configuration: configuration)
}

func judgedResults(_ breaker: CircuitBreaker, _ payments: Payments, _ order: Order) async throws -> Quote {
    let quote = try await breaker.run(judging: { $0.isComplete ? .success : .failure() }) {
        try await payments.quote(order)
    }
    return quote
}

func recovery() -> CircuitBreaker.Configuration {
    CircuitBreaker.Configuration(
        policy: .failureRate(0.5, minimumCalls: 20, within: .seconds(60)),
        recovery: RecoveryPolicy(openTime: .seconds(10), maximumOpenTime: .seconds(60), probes: 1, successesToClose: 2, lease: .seconds(10))
    )
}

func perTenant(_ payments: Payments, _ order: Order, _ tenant: String) async throws -> Quote {
    let circuits = try CircuitBreakerRegistry(prefix: "payments:", store: DynamoDBStore(table: "circuits"), capacity: 10_000)

    let quote = try await circuits.breaker(for: tenant).run { try await payments.quote(order) }
    return quote
}

func watch(_ circuits: CircuitBreakerRegistry) async {
    for await event in circuits.events() {
        if case .stateChanged(let change) = event.event { print(event.circuit, change.to) }
    }
}

func embeddedMetrics(_ breaker: CircuitBreaker) throws {
    let metrics = try EmbeddedMetrics(breaker)

    if let line = metrics.line() { print(line) }
}

struct Payment: Decodable, Sendable {}

struct Bank: Sendable {
    func transfer(_ payment: Payment) async throws {}
}

func queue(_ breaker: CircuitBreaker, _ bank: Bank) {
    let runtime =
        LambdaRuntime { logger in
            QueueWorker(breaker: breaker, visibility: SQSVisibility(logger: logger)) { message in
                try message.json(as: Payment.self)
            } work: { payment in
                try await bank.transfer(payment)
            }
        } body: { (batch: SQSEvent, context, worker) in
            await worker.handle(batch, context)
        }
    runtime.runForever()
}

// As circuitbreaker-lambda 1.0.1 behaves by default.
func likeCircuitbreakerLambda() -> CircuitBreaker.Configuration {
    CircuitBreaker.Configuration(
        policy: .failures(5, within: .seconds(60), share: 0),
        recovery: RecoveryPolicy(openTime: .seconds(10), maximumOpenTime: .seconds(60), jitter: 0, successesToClose: 2, ramp: .zero)
    )
}

// As AWS Powertools for Python 3.37 behaves by default.
func likePowertools() -> CircuitBreaker.Configuration {
    CircuitBreaker.Configuration(
        policy: .consecutiveFailures(5),
        recovery: RecoveryPolicy(
            openTime: .seconds(30),
            maximumOpenTime: .seconds(30),
            jitter: 0,
            successesToClose: 3,
            lease: .seconds(30),
            ramp: .zero
        )
    )
}
