//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import AWSClient
package import CircuitBreaker
package import Logging

// What Lambda says of the event source mapping of a queue.
package struct Mapping: Hashable, Sendable {
    // Enabled, Disabled, or on the way: Creating, Enabling, Disabling, Updating, Deleting.
    package let state: String
    // How many of the function's environments it invokes at once; nil: as many as Lambda likes.
    package let concurrency: Int?
    // When it was changed last.
    package let changed: Timestamp?
    // Whether it has pollers of its own, which exclude a bound on its concurrency.
    package let isProvisioned: Bool

    package init(state: String, concurrency: Int? = nil, changed: Timestamp? = nil, isProvisioned: Bool = false) {
        self.state = state
        self.concurrency = concurrency
        self.changed = changed
        self.isProvisioned = isProvisioned
    }

    init(_ description: JSON) {
        let seconds: Double? = if case .number(let number)? = description["LastModified"] { number.double } else { nil }
        self.init(
            state: description["State"]?.string ?? "",
            concurrency: (description["ScalingConfig"]?["MaximumConcurrency"]?.integer).map { Int(clamping: $0) },
            changed: seconds.flatMap { 0..<1e12 ~= $0 ? Timestamp(milliseconds: Int64($0 * 1000)) : nil },
            isProvisioned: !(description["ProvisionedPollerConfig"]?.object ?? [:]).isEmpty
        )
    }
}

// Lambda's API, as far as event source mappings go.
package struct MappingAPI: Sendable {
    private let client: AWSJSONClient

    package init(environment: ProcessEnvironment, logger: Logger) throws(AWSError) {
        var configuration = try AWSClientConfiguration(service: "lambda", environment: environment)
        configuration.timeLimit = .seconds(8)
        client = AWSJSONClient(configuration, credentials: DefaultCredentials(environment: environment), logger: logger)
    }

    package func describe(_ id: String) async throws(AWSError) -> Mapping {
        Mapping(try await client.call(AWSRequest(.GET, Self.path(id)), isResendable: true))
    }

    // Both at once, so that no kill comes between them. Without a bound Lambda decides.
    package func set(_ id: String, isEnabled: Bool, concurrency: Int?) async throws(AWSError) {
        let scaling: [String: JSON] = concurrency.map { ["MaximumConcurrency": .number(.init($0))] } ?? [:]
        let body: JSON = ["Enabled": .bool(isEnabled), "ScalingConfig": .object(scaling)]
        _ = try await client.call(AWSRequest(.PUT, Self.path(id), body: body), isResendable: true)
    }

    package func shutdown() async {
        await client.shutdown()
    }

    private static func path(_ id: String) -> [String] { ["2015-03-31", "event-source-mappings", id] }
}
