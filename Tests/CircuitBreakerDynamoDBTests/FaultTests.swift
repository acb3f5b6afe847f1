//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker
import CircuitBreakerDynamoDB
import MinistackSupport
import NIOHTTP1
import StoreSupport
import Testing

// What becomes of verbs when the server does not do its part.
@Suite(.timeLimit(.minutes(1))) struct FaultTests {
    @Test func reportsAreNeverSentAgain() async throws {
        try await expect(.hangUp, .unavailable, mayHaveBeenApplied: true, sent: 1) { (store) throws(StoreError) in
            _ = try await store.report(failures(1), to: "x")
        }
    }

    @Test func changesAreSentAgainOnce() async throws {
        try await expect(.hangUp, .unavailable, mayHaveBeenApplied: true, sent: 2) { (store) throws(StoreError) in
            _ = try await store.change(transition(to: .open, from: .zero), of: "x")
        }
    }

    @Test func readsAreSentAgainOnce() async throws {
        try await expect(.hangUp, .unavailable, mayHaveBeenApplied: true, sent: 2) { (store) throws(StoreError) in
            _ = try await store.read("x", consistent: true)
        }
    }

    @Test(arguments: [
        (
            FaultProxy.Fault.answer(.badRequest, #"{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"}"#),
            StoreError.Code.throttled, false
        ),
        (.answer(.badRequest, #"{"__type":"ThrottlingException","message":"slower"}"#), .throttled, false),
        (.answer(.internalServerError, #"{"__type":"InternalServerError"}"#), .unavailable, true),
        (.answer(.serviceUnavailable, "<html>"), .unavailable, true), (.answer(.ok, "nonsense"), .unavailable, true),
        (.answer(.ok, "{}"), .unavailable, true), (.answer(.ok, #"{"Attributes":7}"#), .unavailable, true),
        (.answer(.ok, #"{"Attributes":{"cb_epoch":7}}"#), .unreadable, true), (.silence, .timedOut, true),
    ])
    func failureIsTyped(fault: FaultProxy.Fault, code: StoreError.Code, mayHaveBeenApplied: Bool) async throws {
        try await expect(fault, code, mayHaveBeenApplied: mayHaveBeenApplied, sent: 1) { (store) throws(StoreError) in
            _ = try await store.report(failures(1), to: "x")
        }
        try await expect(fault, code, mayHaveBeenApplied: mayHaveBeenApplied, sent: 1) { (store) throws(StoreError) in
            _ = try await store.change(transition(to: .open, from: .zero), of: "x")
        }
    }

    @Test(arguments: [
        ("KMS key access denied error: the ciphertext refers to a key that you may not use", "allow kms:Decrypt on the key", "dynamodb:"),
        ("not authorized to perform: dynamodb:UpdateItem with an explicit deny in a service control policy", "a Deny statement", "; allow"),
        ("not authorized because no VPC endpoint policy allows the dynamodb:UpdateItem action", "policy of the VPC endpoint must allow", "; allow"),
    ])
    func denialNamesWhatStoodInTheWay(message: String, advice: String, other: String) async throws {
        let body = #"{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"\#(message)"}"#
        let error = try await expect(.answer(.badRequest, body), .misconfigured, mayHaveBeenApplied: false, sent: 1) { (store) throws(StoreError) in
            _ = try await store.report(failures(1), to: "x")
        }
        #expect(error.message.contains(advice) && !error.message.contains(other), "\(error)")
    }

    @discardableResult
    private func expect(
        _ fault: FaultProxy.Fault,
        _ code: StoreError.Code,
        mayHaveBeenApplied: Bool,
        sent: Int,
        _ verb: (DynamoDBStore) async throws(StoreError) -> Void
    ) async throws -> StoreError {
        let server = try await FaultProxy()
        let variables = ["AWS_REGION": "eu-west-1", "AWS_ENDPOINT_URL": server.url, "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"]
        let isSilent = if case .silence = fault { true } else { false }
        let store = DynamoDBStore(table: "circuits", environment: ProcessEnvironment(variables)) {
            $0.timeLimit = isSilent ? .seconds(2) : .seconds(30)
        }
        try await store.prepare()
        server.inject(fault)
        let error = await storeError { () async throws(StoreError) in try await verb(store) }
        #expect(error.code == code && error.mayHaveBeenApplied == mayHaveBeenApplied, "\(error)")
        #expect(server.requests == 1 + sent)
        await store.shutdown()
        try await server.stop()
        return error
    }
}
