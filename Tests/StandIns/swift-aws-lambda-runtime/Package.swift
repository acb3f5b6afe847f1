// swift-tools-version: 6.2
//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import PackageDescription

// What the example uses of awslabs/swift-aws-lambda-runtime 2.x, for machines that cannot fetch it.
let package = Package(
    name: "swift-aws-lambda-runtime",
    platforms: [.macOS(.v15)],
    products: [.library(name: "AWSLambdaRuntime", targets: ["AWSLambdaRuntime"])],
    dependencies: [
        .package(name: "swift-circuit-breaker", path: "../../..", traits: ["Lambda"]),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    ],
    targets: [
        .target(
            name: "AWSLambdaRuntime",
            dependencies: [
                "Served",
                .product(name: "LambdaRuntime", package: "swift-circuit-breaker"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .target(name: "Served", dependencies: [.product(name: "LambdaRuntime", package: "swift-circuit-breaker")]),
    ]
)
