//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import AWSClient
package import Logging

// An EventBridge bus that takes announcements.
package struct EventBus: Sendable {
    // Names the bus, or gives its ARN.
    package static let variable = "CIRCUITBREAKER_EVENT_BUS"

    private let name: String
    private let client: AWSJSONClient

    package init(environment: ProcessEnvironment, logger: Logger) throws(AWSError) {
        name = environment[Self.variable] ?? "default"
        var configuration = try AWSClientConfiguration(service: "events", environment: environment)
        configuration.jsonVersion = .v1_1
        configuration.timeLimit = Self.timeLimit
        client = AWSJSONClient(configuration, credentials: DefaultCredentials(environment: environment), logger: logger)
    }

    // How long one call may take.
    package static let timeLimit = Duration.seconds(3)

    // What was wrong with each; nil: it arrived. A doubled one does no harm, since it has the same key.
    package func put(_ batch: [Announcement]) async throws(AWSError) -> [String?] {
        let input: JSON = ["Entries": .array(batch.map { $0.entry(bus: name) })]
        let output = try await client.call("AWSEvents.PutEvents", input, isResendable: true)
        let entries = output["Entries"]?.array ?? []
        guard entries.count == batch.count else { return batch.map { _ in "the answer does not say what became of it" } }
        return entries.map { entry in
            if entry["EventId"]?.string != nil { return nil }
            let code = entry["ErrorCode"]?.string ?? "no error code"
            return entry["ErrorMessage"]?.string.map { "\(code): \($0)" } ?? code
        }
    }

    package func shutdown() async {
        await client.shutdown()
    }
}
