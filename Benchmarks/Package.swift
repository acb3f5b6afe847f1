// swift-tools-version: 6.1
//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
    name: "benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        // BENCHMARK_TRAITS=Metrics: with that trait built in.
        .package(
            name: "swift-circuit-breaker",
            path: "..",
            traits: Set((Context.environment["BENCHMARK_TRAITS"] ?? "").split(separator: ",").map { .trait(name: String($0)) })
        ),
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.0", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "CircuitBreakerBenchmarks",
            dependencies: [
                "EngineEvents",
                "Workloads",
                .product(name: "CircuitBreaker", package: "swift-circuit-breaker"),
                .product(name: "CircuitBreakerTesting", package: "swift-circuit-breaker"),
                .product(name: "FleetSimulator", package: "swift-circuit-breaker"),
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Benchmarks/CircuitBreakerBenchmarks",
            swiftSettings: settings,
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
        ),
        .target(name: "Dependency", path: "Sources/Dependency", swiftSettings: settings),
        .target(
            name: "Workloads",
            dependencies: ["Dependency", .product(name: "CircuitBreaker", package: "swift-circuit-breaker")],
            path: "Sources/Workloads",
            swiftSettings: settings
        ),
        .target(name: "EngineEvents", path: "Sources/EngineEvents", swiftSettings: settings),
        // Prints what each kind of call costs; or makes a number of calls of one kind and nothing else, for tools that count allocations or instructions.
        .executableTarget(
            name: "calls",
            dependencies: ["Workloads"],
            path: "Sources/calls",
            swiftSettings: settings
        ),
    ]
)
