//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
public import CircuitBreaker
public import GRPCCore

extension CircuitBreaker.Verdict {
    /// The judgement of gRPC's errors that is used unless the interceptor has its own.
    ///
    /// Failures are `unavailable`, `deadlineExceeded`, `resourceExhausted`, `internalError`, `unknown` and `dataLoss`; `grpc-retry-pushback-ms` in their metadata
    /// says how long the service asked to be left alone. `cancelled` and another circuit's rejection say nothing. Any other code is an answer of a service that is well.
    /// - Parameter error: how the call ended.
    /// - Returns: the verdict.
    public static func standard(_ error: RPCError) -> Self {
        if error.cause is Rejection { return .ignored }
        return switch error.code {
        case .unavailable, .deadlineExceeded, .resourceExhausted, .internalError, .unknown, .dataLoss: .failure(retryAfter: error.retryAfter)
        case .cancelled: .ignored
        default: .success
        }
    }

    /// The judgement for a circuit around calls of gRPC clients: of an `RPCError` as ``standard(_:)-(RPCError)``, of other errors as for all calls.
    ///
    /// ```swift
    /// let breaker = try CircuitBreaker("shop", store: store, configuration: .init(judge: { .gRPC($0) }))
    /// ```
    /// - Parameter error: what the call threw.
    /// - Returns: the verdict.
    public static func gRPC(_ error: any Error) -> Self {
        (error as? RPCError).map { standard($0) } ?? standard(error)
    }
}

extension RPCError {
    static var pushback: String { "grpc-retry-pushback-ms" }

    // A negative number, or what is none, asks for no more attempts at this call, and says nothing of others.
    fileprivate var retryAfter: Duration? {
        metadata[stringValues: Self.pushback].first { _ in true }.flatMap { Int64($0) }.flatMap { $0 < 0 ? nil : .milliseconds($0) }
    }

    init(_ rejection: Rejection) {
        let milliseconds = rejection.retryAfter / .milliseconds(1)
        self.init(
            code: .unavailable,
            message: "\(rejection)",
            metadata: [Self.pushback: "\(Int64(milliseconds.rounded(.up)))"],
            cause: rejection
        )
    }
}
