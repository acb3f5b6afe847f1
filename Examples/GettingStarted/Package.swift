// swift-tools-version: 6.2
//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import PackageDescription

let package = Package(
    name: "Quotes",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "swift-circuit-breaker", path: "../..", traits: ["DynamoDB", "Lambda"]),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.30.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.16.0", traits: []),
    ],
    targets: [
        .target(
            name: "Quotes",
            dependencies: [
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "CircuitBreaker", package: "swift-circuit-breaker"),
            ]
        ),
        .executableTarget(
            name: "QuoteFunction",
            dependencies: [
                .product(name: "CircuitBreaker", package: "swift-circuit-breaker"),
                .product(name: "CircuitBreakerLambda", package: "swift-circuit-breaker"),
                .product(name: "LambdaRuntime", package: "swift-circuit-breaker"),
            ]
        ),
        .executableTarget(
            name: "QuoteTool",
            dependencies: [
                "Quotes",
                .product(name: "CircuitBreaker", package: "swift-circuit-breaker"),
            ]
        ),
        .executableTarget(
            name: "QuoteServer",
            dependencies: [
                "Quotes",
                .product(name: "CircuitBreaker", package: "swift-circuit-breaker"),
                .product(name: "Hummingbird", package: "hummingbird"),
            ]
        ),
        .testTarget(
            name: "QuotesTests",
            dependencies: [
                "Quotes",
                .product(name: "CircuitBreaker", package: "swift-circuit-breaker"),
                .product(name: "CircuitBreakerTesting", package: "swift-circuit-breaker"),
            ]
        ),
    ]
)
