// swift-tools-version: 6.2
//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import PackageDescription

let package = Package(
    name: "HummingbirdMiddleware",
    platforms: [.macOS(.v15)],
    dependencies: [
        // In a package of your own: .package(url: "https://github.com/OWNER/swift-circuit-breaker", branch: "main", traits: ["DynamoDB", "Hummingbird"])
        .package(name: "swift-circuit-breaker", path: "../..", traits: ["DynamoDB", "Hummingbird"]),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.16.0", traits: []),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.30.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
    ],
    targets: [
        .executableTarget(
            name: "QuoteServer",
            dependencies: [
                "Quotes",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "CircuitBreaker", package: "swift-circuit-breaker"),
                .product(name: "CircuitBreakerDynamoDB", package: "swift-circuit-breaker"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]
        ),
        .target(
            name: "Quotes",
            dependencies: [
                .product(name: "CircuitBreaker", package: "swift-circuit-breaker"),
                .product(name: "CircuitBreakerHummingbird", package: "swift-circuit-breaker"),
                .product(name: "Hummingbird", package: "hummingbird"),
            ]
        ),
        .testTarget(
            name: "QuotesTests",
            dependencies: [
                "Quotes",
                .product(name: "CircuitBreaker", package: "swift-circuit-breaker"),
                .product(name: "CircuitBreakerTesting", package: "swift-circuit-breaker"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
            ]
        ),
    ]
)
