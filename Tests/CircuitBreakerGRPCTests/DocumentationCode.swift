//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerGRPC
import GRPCCore

// The code of the article *gRPC clients*, which `scripts/check-code` compares with it.

struct Order: Sendable {}

protocol ShopClient: Sendable {
    func quote(_ order: Order) async throws -> String
}

func interceptEachService<Transport: ClientTransport>(
    _ transport: Transport,
    _ store: any CircuitStore,
    _ use: (GRPCClient<Transport>) async throws -> Void
) async throws {
    let interceptor = CircuitBreakerInterceptor(try CircuitBreakerRegistry(prefix: "grpc:", store: store))
    try await withGRPCClient(transport: transport, interceptors: [interceptor]) { client in
        try await use(client)
    }
}

func endlessStreams(_ breaker: CircuitBreaker) -> CircuitBreakerInterceptor {
    let interceptor = CircuitBreakerInterceptor(breaker, success: { $0.type == .serverStreaming ? .whenAccepted : .atEnd })
    return interceptor
}

func aroundTheCall(_ shop: any ShopClient, _ order: Order, _ store: any CircuitStore) async throws -> String {
    let breaker = try CircuitBreaker("shop", store: store, configuration: .init(judge: { .gRPC($0) }))
    let quote = try await breaker.run(timeout: .seconds(2)) {
        try await shop.quote(order)
    }
    return quote
}
