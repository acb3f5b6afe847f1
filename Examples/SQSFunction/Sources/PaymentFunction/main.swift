//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AsyncHTTPClient
import CircuitBreaker
import CircuitBreakerDynamoDB
import CircuitBreakerSQS
import LambdaRuntime
import Payments

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

let runtime = LambdaRuntime { logger in
    // The init phase: made once, before the first batch.
    let environment = ProcessInfo.processInfo.environment
    let store: any CircuitStore = environment["CIRCUITBREAKER_TABLE"] == nil ? InMemoryStore() : DynamoDBStore(logger: logger)
    let breaker = try CircuitBreaker("bank", store: store, configuration: .init(variables: environment), logger: logger)
    do {
        try await breaker.prepare()
    } catch {
        // Messages are handled anyway: each environment then protects itself.
        logger.error("The circuit's record cannot be read", metadata: ["error": "\(error)"])
    }
    let url = environment["BANK_URL"] ?? "http://127.0.0.1:9000/"
    return paymentWorker(breaker: breaker, visibility: SQSVisibility(logger: logger)) { payment in
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "Idempotency-Key", value: payment.id)
        request.body = .bytes([UInt8](try JSONEncoder().encode(payment)))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(5))
        guard (200..<300).contains(response.status.code) else {
            let seconds = response.headers.first(name: "Retry-After").flatMap { Int($0) }
            throw BankError(status: Int(response.status.code), retryAfter: seconds.map { .seconds($0) })
        }
    }
} body: { (batch: SQSEvent, context, worker) in
    await worker.handle(batch, context)
}

runtime.runForever()
