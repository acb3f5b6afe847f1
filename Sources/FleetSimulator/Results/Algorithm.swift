//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// What protects the calls of a run.
public enum Algorithm: String, Codable, Hashable, Sendable, CaseIterable {
    /// This library: one shared record, by the engine that ships.
    case sharedCircuit
    /// No breaker.
    case none
    /// A breaker in each process that counts consecutive failures, as opossum or cockatiel would be used.
    case perProcess
    /// circuitbreaker-lambda 1.0.1.
    case circuitBreakerLambda
    /// circuitbreaker-lambda 1.0.1 with its cache.
    case circuitBreakerLambdaCached
    /// AWS Powertools for Lambda (Python) 3.37.
    case powertools

    /// The name for people.
    public var title: String {
        switch self {
        case .sharedCircuit: "swift-circuit-breaker"
        case .none: "no breaker"
        case .perProcess: "breaker per process"
        case .circuitBreakerLambda: "circuitbreaker-lambda 1.0.1"
        case .circuitBreakerLambdaCached: "circuitbreaker-lambda 1.0.1, cached"
        case .powertools: "AWS Powertools for Python 3.37"
        }
    }
}
