//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker

// What AWS said, in the words of a store, with how to fix it where that is known.
extension StoreError {
    init(
        _ error: AWSError,
        table: String,
        endpoint: Endpoint? = nil,
        actions: String = "the actions dynamodb:GetItem and dynamodb:UpdateItem"
    ) {
        let (code, fix) = Self.judge(error, table: table, endpoint: endpoint, actions: actions)
        self.init(
            code,
            fix.map { "\(error.message); \($0)" } ?? error.message,
            mayHaveBeenApplied: error.mayHaveBeenApplied,
            underlyingError: error
        )
    }

    private static func judge(_ error: AWSError, table: String, endpoint: Endpoint?, actions: String) -> (Code, String?) {
        switch error.code {
        case .configuration, .credentials: (.misconfigured, nil)
        case .unreachable: (.unavailable, endpoint.map { "the endpoint is \($0): check it, and that the network lets this process reach it" })
        case .timeLimit: (.timedOut, nil)
        // The store works: this process sends too many requests at once.
        case .busy: (.throttled, nil)
        case .service: error.isThrottling ? (.throttled, nil) : judgeRefusal(error, table: table, actions: actions)
        default: (.unavailable, nil)
        }
    }

    private static func judgeRefusal(_ error: AWSError, table: String, actions: String) -> (Code, String?) {
        if let denial = AccessDenial(error.answer) {
            return (.misconfigured, denial.advice(actions: actions, table: table))
        }
        switch error.answer?.code ?? "" {
        case "ResourceNotFoundException":
            let fix = "there is no table '\(table)' here: make it with `breaker table create --table \(table)`, or check name and region"
            return (.misconfigured, fix)
        case "UnrecognizedClientException", "InvalidClientTokenId", "InvalidAccessKeyId", "InvalidSignatureException", "SignatureDoesNotMatch",
            "IncompleteSignature", "IncompleteSignatureException", "MissingAuthenticationToken", "MissingAuthenticationTokenException",
            "ExpiredTokenException", "ExpiredToken", "OptInRequired":
            return (.misconfigured, "check the credentials, and that they are those of this account and partition")
        case "ValidationException": return judgeValidation(error.answer?.message ?? "", table: table)
        default: return (.unavailable, nil)
        }
    }

    // Only the service's message distinguishes these.
    private static func judgeValidation(_ message: String, table: String) -> (Code, String?) {
        let text = message.lowercased()
        if text.contains("key element") || text.contains("for key") || text.contains("missing the key") || text.contains("key schema") {
            let fix = "the table '\(table)' must have the partition key 'id' of type S and no sort key, as `breaker table create` makes it"
            return (.misconfigured, fix)
        }
        if text.contains("tablename") || text.contains("table name") { return (.misconfigured, "'\(table)' is not the name of a table") }
        if text.contains("data type") {
            return (.unreadable, "an attribute of the circuit's item is not what this library writes; delete the item, and the circuit starts over")
        }
        return (.unavailable, nil)
    }
}
