// swift-tools-version: 6.2
//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import PackageDescription

// What the example uses of vapor/vapor 4.x, for machines that cannot fetch it.
let package = Package(
    name: "vapor",
    platforms: [.macOS(.v15)],
    products: [.library(name: "Vapor", targets: ["Vapor"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
    ],
    targets: [
        .target(
            name: "Vapor",
            dependencies: [
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]
        )
    ]
)
