// swift-tools-version: 6.2
//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import PackageDescription

let package = Package(
    name: "LambdaFunction",
    platforms: [.macOS(.v15)],
    dependencies: [
        // In a package of your own: .package(url: "https://github.com/OWNER/swift-circuit-breaker", branch: "main", traits: ["DynamoDB", "Lambda"])
        .package(name: "swift-circuit-breaker", path: "../..", traits: ["DynamoDB", "Lambda"]),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.30.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
    ],
    targets: [
        .executableTarget(
            name: "QuoteFunction",
            dependencies: [
                "Quotes",
                .product(name: "CircuitBreaker", package: "swift-circuit-breaker"),
                .product(name: "CircuitBreakerDynamoDB", package: "swift-circuit-breaker"),
                .product(name: "CircuitBreakerLambda", package: "swift-circuit-breaker"),
                .product(name: "LambdaRuntime", package: "swift-circuit-breaker"),
            ]
        ),
        // All that does not know Lambda, so that it can be tested without.
        .target(
            name: "Quotes",
            dependencies: [
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "CircuitBreaker", package: "swift-circuit-breaker"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]
        ),
        .testTarget(
            name: "QuotesTests",
            dependencies: [
                "Quotes",
                .product(name: "CircuitBreaker", package: "swift-circuit-breaker"),
                .product(name: "CircuitBreakerTesting", package: "swift-circuit-breaker"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
    ]
)
