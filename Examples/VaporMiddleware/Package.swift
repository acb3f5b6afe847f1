// swift-tools-version: 6.2
//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import PackageDescription

let package = Package(
    name: "VaporMiddleware",
    platforms: [.macOS(.v15)],
    dependencies: [
        // In a package of your own: .package(url: "https://github.com/OWNER/swift-circuit-breaker", branch: "main")
        .package(name: "swift-circuit-breaker", path: "../.."),
        .package(url: "https://github.com/vapor/vapor", from: "4.100.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
    ],
    targets: [
        .target(
            name: "CircuitBreakerMiddleware",
            dependencies: [
                .product(name: "CircuitBreaker", package: "swift-circuit-breaker"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "Vapor", package: "vapor"),
            ]
        ),
        .testTarget(
            name: "CircuitBreakerMiddlewareTests",
            dependencies: [
                "CircuitBreakerMiddleware",
                .product(name: "CircuitBreaker", package: "swift-circuit-breaker"),
                .product(name: "CircuitBreakerTesting", package: "swift-circuit-breaker"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Vapor", package: "vapor"),
            ]
        ),
    ]
)
