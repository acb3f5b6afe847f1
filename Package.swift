// swift-tools-version: 6.2
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

// SwiftPM resolves a dependency only if a trait that needs it is enabled: who imports `CircuitBreaker` alone gets swift-log and nothing else.
let forDynamoDB = TargetDependencyCondition.when(traits: ["DynamoDB"])
let forLambda = TargetDependencyCondition.when(traits: ["Lambda"])
let forHTTPClient = TargetDependencyCondition.when(traits: ["HTTPClient"])
let forHTTPGuard = TargetDependencyCondition.when(traits: ["DynamoDB", "HTTPClient"])
let forHummingbird = TargetDependencyCondition.when(traits: ["Hummingbird"])
let forLifecycle = TargetDependencyCondition.when(traits: ["ServiceLifecycle"])
let forConfiguration = TargetDependencyCondition.when(traits: ["Configuration"])
let forGRPC = TargetDependencyCondition.when(traits: ["GRPC"])
let forValkey = TargetDependencyCondition.when(traits: ["Valkey"])
let forDevelopment = TargetDependencyCondition.when(traits: ["Development"])

let package = Package(
    name: "swift-circuit-breaker",
    platforms: [.macOS(.v15), .iOS(.v18), .tvOS(.v18), .watchOS(.v11), .visionOS(.v2)],
    products: [
        .library(name: "CircuitBreaker", targets: ["CircuitBreaker"]),
        .library(name: "CircuitBreakerConfiguration", targets: ["CircuitBreakerConfiguration"]),
        .library(name: "CircuitBreakerDynamoDB", targets: ["CircuitBreakerDynamoDB"]),
        .library(name: "CircuitBreakerGRPC", targets: ["CircuitBreakerGRPC"]),
        .library(name: "CircuitBreakerHTTPClient", targets: ["CircuitBreakerHTTPClient"]),
        .library(name: "CircuitBreakerHummingbird", targets: ["CircuitBreakerHummingbird"]),
        .library(name: "CircuitBreakerLambda", targets: ["CircuitBreakerLambda"]),
        .library(name: "CircuitBreakerLifecycle", targets: ["CircuitBreakerLifecycle"]),
        .library(name: "CircuitBreakerSQS", targets: ["CircuitBreakerSQS"]),
        .library(name: "CircuitBreakerTesting", targets: ["CircuitBreakerTesting"]),
        .library(name: "CircuitBreakerValkey", targets: ["CircuitBreakerValkey"]),
        .library(name: "FleetSimulator", targets: ["FleetSimulator"]),
        .library(name: "LambdaRuntime", targets: ["LambdaRuntime"]),
        .executable(name: "breaker", targets: ["breaker"]),
        .executable(name: "circuit-breaker-extension", targets: ["circuit-breaker-extension"]),
        .executable(name: "bootstrap", targets: ["UnreliableFunction"]),
        .executable(name: "CircuitEvents", targets: ["CircuitEvents"]),
    ],
    traits: [
        .trait(name: "DynamoDB", description: "CircuitBreakerDynamoDB: circuits shared through a DynamoDB table."),
        .trait(name: "Lambda", description: "LambdaRuntime: a runtime for AWS Lambda."),
        .trait(name: "HTTPClient", description: "CircuitBreakerHTTPClient: requests of async-http-client through circuits."),
        .trait(name: "Hummingbird", description: "CircuitBreakerHummingbird: a middleware for Hummingbird."),
        .trait(name: "ServiceLifecycle", description: "CircuitBreakerLifecycle: breakers and stores as services of swift-service-lifecycle."),
        .trait(name: "Configuration", description: "CircuitBreakerConfiguration: settings from swift-configuration, taken again while they change."),
        .trait(name: "GRPC", description: "CircuitBreakerGRPC: an interceptor for clients of grpc-swift-2."),
        .trait(name: "Valkey", description: "CircuitBreakerValkey: circuits shared through Valkey or Redis."),
        .trait(
            name: "Development",
            description: "Everything that nobody imports: the command line, the Lambda extension, the pattern's function, the checker and the tests.",
            enabledTraits: ["DynamoDB", "Lambda", "HTTPClient", "Hummingbird", "ServiceLifecycle", "Configuration", "GRPC", "Valkey"]
        ),
        .trait(name: "Metrics", description: "Counts calls and measures their durations with swift-metrics."),
        .trait(name: "Tracing", description: "Puts each protected call in a span of swift-distributed-tracing."),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.5.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.2.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.0.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.30.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.20.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.4.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.30.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.16.0", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.6.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/grpc/grpc-swift-2", from: "2.4.0"),
        .package(url: "https://github.com/grpc/grpc-swift-nio-transport", from: "2.9.0"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.4.0"),
    ],
    targets: [
        .target(
            name: "CircuitBreaker",
            dependencies: [
                "SafeText",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics", condition: .when(traits: ["Metrics"])),
                .product(name: "Tracing", package: "swift-distributed-tracing", condition: .when(traits: ["Tracing"])),
            ],
            swiftSettings: settings
        ),
        .target(name: "CircuitBreakerTesting", dependencies: ["CircuitBreaker"], swiftSettings: settings),
        // Fail to build without their trait, with words, before what needs it fails over a module that is not there.
        .target(name: "RequiresDynamoDB", swiftSettings: settings),
        .target(name: "RequiresHTTPClient", swiftSettings: settings),
        .target(name: "RequiresHummingbird", swiftSettings: settings),
        .target(name: "RequiresLambda", swiftSettings: settings),
        .target(name: "RequiresServiceLifecycle", swiftSettings: settings),
        .target(name: "RequiresConfiguration", swiftSettings: settings),
        .target(name: "RequiresGRPC", swiftSettings: settings),
        .target(name: "RequiresValkey", swiftSettings: settings),
        // What every HTTP client of this package needs to survive any answer.
        .target(
            name: "HTTPGuard",
            dependencies: [
                .product(name: "AsyncHTTPClient", package: "async-http-client", condition: forHTTPGuard),
                .product(name: "NIOCore", package: "swift-nio", condition: forHTTPGuard),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: forHTTPGuard),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "AWSClient",
            dependencies: [
                "CalendarDate",
                "HTTPGuard",
                "RequiresDynamoDB",
                "SafeText",
                .product(name: "AsyncHTTPClient", package: "async-http-client", condition: forDynamoDB),
                .product(name: "Crypto", package: "swift-crypto", condition: forDynamoDB),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio", condition: forDynamoDB),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: forDynamoDB),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "CircuitBreakerDynamoDB",
            dependencies: [
                "AWSClient",
                "CircuitBreaker",
                "SafeText",
                .product(name: "AsyncHTTPClient", package: "async-http-client", condition: forDynamoDB),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "CircuitBreakerValkey",
            dependencies: [
                "CircuitBreaker",
                "RequiresValkey",
                "SafeText",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio", condition: forValkey),
                .product(name: "NIOPosix", package: "swift-nio", condition: forValkey),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: forValkey),
            ],
            swiftSettings: settings
        ),
        .target(name: "CalendarDate", swiftSettings: settings),
        // What a status and a Retry-After header say about a server.
        .target(name: "HTTPVerdicts", dependencies: ["CalendarDate", "CircuitBreaker"], swiftSettings: settings),
        // The circuit in front of what an HTTP client asks.
        .target(
            name: "CircuitBreakerHTTPClient",
            dependencies: [
                "CircuitBreaker",
                "HTTPGuard",
                "HTTPVerdicts",
                "RequiresHTTPClient",
                .product(name: "AsyncHTTPClient", package: "async-http-client", condition: forHTTPClient),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio", condition: forHTTPClient),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: forHTTPClient),
            ],
            swiftSettings: settings
        ),
        // The circuit in front of a server's routes.
        .target(
            name: "CircuitBreakerHummingbird",
            dependencies: [
                "CircuitBreaker",
                "HTTPVerdicts",
                "RequiresHummingbird",
                .product(name: "HTTPTypes", package: "swift-http-types", condition: forHummingbird),
                .product(name: "Hummingbird", package: "hummingbird", condition: forHummingbird),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio", condition: forHummingbird),
            ],
            swiftSettings: settings
        ),
        .target(name: "SafeText", swiftSettings: settings),
        .target(name: "LoopbackAccess", swiftSettings: settings),
        .target(
            name: "LoopbackHTTP",
            dependencies: [
                "LoopbackAccess",
                "RequiresLambda",
                .product(name: "NIOCore", package: "swift-nio", condition: forLambda),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: forLambda),
                .product(name: "NIOPosix", package: "swift-nio", condition: forLambda),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "LambdaRuntime",
            dependencies: [
                "LoopbackHTTP",
                "SafeText",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio", condition: forLambda),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: forLambda),
                .product(name: "NIOPosix", package: "swift-nio", condition: forLambda),
            ],
            swiftSettings: settings
        ),
        // What a function's init phase does, and calls that know when Lambda ends the invocation.
        .target(
            name: "CircuitBreakerLambda",
            dependencies: ["CircuitBreaker", "CircuitBreakerDynamoDB", "LambdaRuntime", .product(name: "Logging", package: "swift-log")],
            swiftSettings: settings
        ),
        // Breakers as services that are started and stopped in order.
        .target(
            name: "CircuitBreakerLifecycle",
            dependencies: [
                "CircuitBreaker",
                .target(name: "CircuitBreakerDynamoDB", condition: forDynamoDB),
                .target(name: "CircuitBreakerValkey", condition: forValkey),
                "RequiresServiceLifecycle",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle", condition: forLifecycle),
            ],
            swiftSettings: settings
        ),
        // Settings from any provider of swift-configuration.
        .target(
            name: "CircuitBreakerConfiguration",
            dependencies: [
                "CircuitBreaker",
                "RequiresConfiguration",
                .product(name: "Configuration", package: "swift-configuration", condition: forConfiguration),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        // A client's calls, each through the circuit of its service.
        .target(
            name: "CircuitBreakerGRPC",
            dependencies: [
                "CircuitBreaker",
                "RequiresGRPC",
                .product(name: "GRPCCore", package: "grpc-swift-2", condition: forGRPC),
            ],
            swiftSettings: settings
        ),
        // The messages of a queue, each a call through a circuit.
        .target(
            name: "CircuitBreakerSQS",
            dependencies: ["AWSClient", "CircuitBreaker", "LambdaRuntime", "SafeText", .product(name: "Logging", package: "swift-log")],
            swiftSettings: settings
        ),
        // The circuit for programs in any language: an HTTP server on this machine.
        .target(
            name: "CircuitSidecar",
            dependencies: [
                "AWSClient",
                "CircuitBreaker",
                "CircuitBreakerDynamoDB",
                "LambdaRuntime",
                "LoopbackHTTP",
                "SafeText",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio", condition: forDevelopment),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: forDevelopment),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "circuit-breaker-extension",
            dependencies: ["CircuitSidecar", "LambdaRuntime"],
            swiftSettings: settings
        ),
        .target(
            name: "UnreliableService",
            dependencies: [
                "CircuitBreaker",
                "HTTPGuard",
                "HTTPVerdicts",
                .product(name: "AsyncHTTPClient", package: "async-http-client", condition: forDevelopment),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio", condition: forDevelopment),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: forDevelopment),
                .product(name: "NIOPosix", package: "swift-nio", condition: forDevelopment),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "UnreliableFunction",
            dependencies: [
                "AWSClient",
                "CircuitBreaker",
                "CircuitBreakerDynamoDB",
                "LambdaRuntime",
                "UnreliableService",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        // Changes of state and of orders in a table's stream, as events on a bus; queues that wait for a circuit; orders of alarms.
        .target(
            name: "CircuitStream",
            dependencies: [
                "AWSClient",
                "CircuitBreaker",
                "CircuitBreakerDynamoDB",
                "SafeText",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "CircuitEvents",
            dependencies: [
                "AWSClient",
                "CircuitBreaker",
                "CircuitBreakerDynamoDB",
                "CircuitStream",
                "LambdaRuntime",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "LocalFleet",
            dependencies: ["CircuitBreaker", "UnreliableService"],
            swiftSettings: settings
        ),
        // Optimized in debug builds too, since it makes millions of calls.
        .target(
            name: "FleetSimulator",
            dependencies: ["CircuitBreaker"],
            swiftSettings: settings + [.unsafeFlags(["-O"], .when(configuration: .debug))]
        ),
        .executableTarget(
            name: "breaker",
            dependencies: [
                "AWSClient",
                "CircuitBreaker",
                "CircuitBreakerDynamoDB",
                "CircuitBreakerValkey",
                "FleetSimulator",
                "LocalFleet",
                "LoopbackAccess",
                "SafeText",
                "UnreliableService",
                .product(name: "ArgumentParser", package: "swift-argument-parser", condition: forDevelopment),
                .product(name: "HTTPTypes", package: "swift-http-types", condition: forDevelopment),
                .product(name: "Hummingbird", package: "hummingbird", condition: forDevelopment),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "HummingbirdCore", package: "hummingbird", condition: forDevelopment),
                .product(name: "NIOCore", package: "swift-nio", condition: forDevelopment),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras", condition: forDevelopment),
                .product(name: "NIOPosix", package: "swift-nio", condition: forDevelopment),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle", condition: forDevelopment),
                .product(name: "UnixSignals", package: "swift-service-lifecycle", condition: forDevelopment),
            ],
            resources: [
                "index.html", "page.css", "page.js", "connection.js", "circuit.js", "gauge.js", "timeline.js", "fleet.js", "controls.js", "tour.js",
                "format.js", "icon.svg", "theme.js", "tables.html", "tables.css", "tables.js", "circuit-list.js", "circuit-detail.js",
                "circuit-orders.js",
            ].map { .embedInCode("Dashboard/Page/\($0)") } + ["report.css", "report.js"].map { .embedInCode("Simulate/Page/\($0)") },
            swiftSettings: settings
        ),
        // The engine's own sources, by a link, so that the checker sees all of a machine's state; optimized in debug builds too, since it visits millions of states.
        .target(
            name: "CircuitChecker",
            dependencies: ["SafeText"],
            swiftSettings: settings + [.unsafeFlags(["-O"], .when(configuration: .debug))]
        ),
        .executableTarget(
            name: "circuit-checker",
            dependencies: ["CircuitChecker", .product(name: "ArgumentParser", package: "swift-argument-parser", condition: forDevelopment)],
            swiftSettings: settings
        ),
        .testTarget(
            name: "CircuitBreakerTests",
            dependencies: [
                "CircuitBreaker",
                "CircuitBreakerTesting",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics", condition: .when(traits: ["Metrics"])),
                .product(name: "MetricsTestKit", package: "swift-metrics", condition: .when(traits: ["Metrics"])),
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing", condition: .when(traits: ["Tracing"])),
                .product(name: "Tracing", package: "swift-distributed-tracing", condition: .when(traits: ["Tracing"])),
            ],
            swiftSettings: settings
        ),
        // Web servers for tests: by a responder, and byte for byte.
        .target(
            name: "TestServers",
            dependencies: [
                .product(name: "Hummingbird", package: "hummingbird", condition: forDevelopment),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio", condition: forDevelopment),
                .product(name: "NIOPosix", package: "swift-nio", condition: forDevelopment),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle", condition: forDevelopment),
            ],
            path: "Tests/TestServers",
            swiftSettings: settings
        ),
        .testTarget(
            name: "CircuitBreakerHTTPClientTests",
            dependencies: [
                "CircuitBreaker",
                "CircuitBreakerHTTPClient",
                "CircuitBreakerTesting",
                "HTTPGuard",
                "TestServers",
                .product(name: "AsyncHTTPClient", package: "async-http-client", condition: forDevelopment),
                .product(name: "Hummingbird", package: "hummingbird", condition: forDevelopment),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio", condition: forDevelopment),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: forDevelopment),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "CircuitBreakerHummingbirdTests",
            dependencies: [
                "CircuitBreaker",
                "CircuitBreakerHummingbird",
                "CircuitBreakerTesting",
                "TestServers",
                .product(name: "AsyncHTTPClient", package: "async-http-client", condition: forDevelopment),
                .product(name: "HTTPTypes", package: "swift-http-types", condition: forDevelopment),
                .product(name: "Hummingbird", package: "hummingbird", condition: forDevelopment),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio", condition: forDevelopment),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: forDevelopment),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "UnreliableServiceTests",
            dependencies: [
                "CircuitBreaker",
                "CircuitBreakerTesting",
                "TestServers",
                "UnreliableService",
                .product(name: "HTTPTypes", package: "swift-http-types", condition: forDevelopment),
                .product(name: "Hummingbird", package: "hummingbird", condition: forDevelopment),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio", condition: forDevelopment),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle", condition: forDevelopment),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "UnreliableFunctionTests",
            dependencies: ["LambdaRuntime", "UnreliableFunction", "UnreliableService"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "LocalFleetTests",
            dependencies: [
                "CircuitBreaker",
                "CircuitBreakerTesting",
                "LocalFleet",
                "UnreliableService",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "BreakerTests",
            dependencies: [
                "AWSClient",
                "breaker",
                "CircuitBreaker",
                "CircuitBreakerDynamoDB",
                "CircuitBreakerTesting",
                "CircuitBreakerValkey",
                "FleetSimulator",
                "LocalFleet",
                "MinistackSupport",
                "UnreliableService",
                "ValkeySupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser", condition: forDevelopment),
                .product(name: "AsyncHTTPClient", package: "async-http-client", condition: forDevelopment),
                .product(name: "HTTPTypes", package: "swift-http-types", condition: forDevelopment),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio", condition: forDevelopment),
                .product(name: "NIOEmbedded", package: "swift-nio", condition: forDevelopment),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: forDevelopment),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras", condition: forDevelopment),
                .product(name: "NIOPosix", package: "swift-nio", condition: forDevelopment),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "MinistackSupport",
            dependencies: [
                "AWSClient",
                .product(name: "AsyncHTTPClient", package: "async-http-client", condition: forDevelopment),
                .product(name: "NIOCore", package: "swift-nio", condition: forDevelopment),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: forDevelopment),
                .product(name: "NIOPosix", package: "swift-nio", condition: forDevelopment),
            ],
            path: "Tests/MinistackSupport",
            swiftSettings: settings
        ),
        .target(name: "TestCertificate", path: "Tests/TestCertificate", swiftSettings: settings),
        // Reports and changes for tests of stores.
        .target(name: "StoreSupport", dependencies: ["CircuitBreaker"], path: "Tests/StoreSupport", swiftSettings: settings),
        // Servers of Valkey or Redis for tests.
        .target(name: "ValkeySupport", path: "Tests/ValkeySupport", swiftSettings: settings),
        .testTarget(
            name: "CircuitBreakerValkeyTests",
            dependencies: [
                "CircuitBreaker",
                "CircuitBreakerLifecycle",
                "CircuitBreakerTesting",
                "CircuitBreakerValkey",
                "SafeText",
                "StoreSupport",
                "TestCertificate",
                "ValkeySupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio", condition: forDevelopment),
                .product(name: "NIOEmbedded", package: "swift-nio", condition: forDevelopment),
                .product(name: "NIOPosix", package: "swift-nio", condition: forDevelopment),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle", condition: forDevelopment),
                .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle", condition: forDevelopment),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "CircuitBreakerDynamoDBTests",
            dependencies: [
                "AWSClient",
                "CircuitBreaker",
                "CircuitBreakerDynamoDB",
                "CircuitBreakerLifecycle",
                "CircuitBreakerTesting",
                "MinistackSupport",
                "SafeText",
                "StoreSupport",
                .product(name: "AsyncHTTPClient", package: "async-http-client", condition: forDevelopment),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio", condition: forDevelopment),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: forDevelopment),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle", condition: forDevelopment),
                .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle", condition: forDevelopment),
            ],
            swiftSettings: settings
        ),
        // One environment, as a process of its own, for FleetTests.
        .executableTarget(
            name: "FleetWorker",
            dependencies: [
                "AWSClient",
                "CircuitBreaker",
                "CircuitBreakerDynamoDB",
                "CircuitBreakerValkey",
                "FleetOrders",
                .product(name: "AsyncHTTPClient", package: "async-http-client", condition: forDevelopment),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio", condition: forDevelopment),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: forDevelopment),
            ],
            path: "Tests/FleetWorker",
            swiftSettings: settings
        ),
        .target(name: "FleetOrders", path: "Tests/FleetOrders", swiftSettings: settings),
        .testTarget(
            name: "FleetTests",
            dependencies: [
                "AWSClient",
                "CircuitBreaker",
                "CircuitBreakerDynamoDB",
                "CircuitBreakerTesting",
                "CircuitBreakerValkey",
                "FleetOrders",
                "FleetWorker",
                "MinistackSupport",
                "ValkeySupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio", condition: forDevelopment),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: forDevelopment),
                .product(name: "NIOPosix", package: "swift-nio", condition: forDevelopment),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "HTTPGuardTests",
            dependencies: [
                "HTTPGuard",
                "TestCertificate",
                .product(name: "AsyncHTTPClient", package: "async-http-client", condition: forDevelopment),
                .product(name: "NIOCore", package: "swift-nio", condition: forDevelopment),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: forDevelopment),
                .product(name: "NIOPosix", package: "swift-nio", condition: forDevelopment),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: forDevelopment),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "AWSClientTests",
            dependencies: [
                "AWSClient",
                "MinistackSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: forDevelopment),
            ],
            exclude: [
                "Support/endpoints_of_botocore.py", "Support/parse_times_with_botocore.py", "Support/read_profiles_with_botocore.py",
                "Support/sign_with_botocore.py",
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "CircuitBreakerSQSTests",
            dependencies: [
                "AWSClient",
                "CircuitBreaker",
                "CircuitBreakerSQS",
                "CircuitBreakerTesting",
                "LambdaRuntime",
                "MinistackSupport",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "LogLines",
            dependencies: [.product(name: "Logging", package: "swift-log")],
            path: "Tests/LogLines",
            swiftSettings: settings
        ),
        .testTarget(
            name: "CircuitBreakerLambdaTests",
            dependencies: [
                "CircuitBreaker",
                "CircuitBreakerDynamoDB",
                "CircuitBreakerLambda",
                "CircuitBreakerTesting",
                "LambdaRuntime",
                .product(name: "AsyncHTTPClient", package: "async-http-client", condition: forDevelopment),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio", condition: forDevelopment),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: forDevelopment),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "CircuitBreakerLifecycleTests",
            dependencies: [
                "CircuitBreaker",
                "CircuitBreakerDynamoDB",
                "CircuitBreakerLifecycle",
                "CircuitBreakerTesting",
                "LogLines",
                .product(name: "AsyncHTTPClient", package: "async-http-client", condition: forDevelopment),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle", condition: forDevelopment),
                .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle", condition: forDevelopment),
                .product(name: "UnixSignals", package: "swift-service-lifecycle", condition: forDevelopment),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "CircuitBreakerConfigurationTests",
            dependencies: [
                "CircuitBreaker",
                "CircuitBreakerConfiguration",
                "CircuitBreakerTesting",
                "LogLines",
                .product(name: "Configuration", package: "swift-configuration", condition: forDevelopment),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle", condition: forDevelopment),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "CircuitBreakerGRPCTests",
            dependencies: [
                "CircuitBreaker",
                "CircuitBreakerGRPC",
                "CircuitBreakerTesting",
                .product(name: "GRPCCore", package: "grpc-swift-2", condition: forDevelopment),
                .product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport", condition: forDevelopment),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio", condition: forDevelopment),
                .product(name: "NIOPosix", package: "swift-nio", condition: forDevelopment),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "LambdaRuntimeTests",
            dependencies: [
                "LambdaRuntime",
                "SafeText",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio", condition: forDevelopment),
                .product(name: "NIOEmbedded", package: "swift-nio", condition: forDevelopment),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: forDevelopment),
                .product(name: "NIOPosix", package: "swift-nio", condition: forDevelopment),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "FleetSimulatorTests",
            dependencies: ["CircuitBreaker", "FleetSimulator"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "CircuitSidecarTests",
            dependencies: [
                "AWSClient",
                "CircuitBreaker",
                "CircuitBreakerTesting",
                "CircuitSidecar",
                "circuit-breaker-extension",
                "LambdaRuntime",
                "LoopbackHTTP",
                "MinistackSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio", condition: forDevelopment),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: forDevelopment),
                .product(name: "NIOPosix", package: "swift-nio", condition: forDevelopment),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "CircuitStreamTests",
            dependencies: [
                "AWSClient",
                "CircuitBreaker",
                "CircuitBreakerDynamoDB",
                "CircuitBreakerTesting",
                "CircuitStream",
                "LoopbackHTTP",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio", condition: forDevelopment),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: forDevelopment),
            ],
            swiftSettings: settings
        ),
        .testTarget(name: "HTTPVerdictsTests", dependencies: ["CircuitBreaker", "HTTPVerdicts"], swiftSettings: settings),
        .testTarget(name: "SafeTextTests", dependencies: ["SafeText"], swiftSettings: settings),
        .testTarget(name: "LoopbackAccessTests", dependencies: ["LoopbackAccess"], swiftSettings: settings),
        .testTarget(name: "CircuitCheckerTests", dependencies: ["CircuitChecker"], swiftSettings: settings),
    ]
)
