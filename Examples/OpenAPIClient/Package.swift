// swift-tools-version: 6.2
//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import PackageDescription

let package = Package(
    name: "OpenAPIClient",
    platforms: [.macOS(.v15)],
    dependencies: [
        // In a package of your own: .package(url: "https://github.com/OWNER/swift-circuit-breaker", branch: "main")
        .package(name: "swift-circuit-breaker", path: "../.."),
        .package(url: "https://github.com/apple/swift-openapi-runtime", from: "1.11.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    ],
    targets: [
        .target(
            name: "CircuitBreakerMiddleware",
            dependencies: [
                .product(name: "CircuitBreaker", package: "swift-circuit-breaker"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "OpenAPIRuntime", package: "swift-openapi-runtime"),
            ]
        ),
        .testTarget(
            name: "CircuitBreakerMiddlewareTests",
            dependencies: [
                "CircuitBreakerMiddleware",
                .product(name: "CircuitBreaker", package: "swift-circuit-breaker"),
                .product(name: "CircuitBreakerTesting", package: "swift-circuit-breaker"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "OpenAPIRuntime", package: "swift-openapi-runtime"),
            ]
        ),
    ]
)
