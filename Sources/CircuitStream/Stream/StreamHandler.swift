//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import AWSClient
package import Logging

// Puts what a batch of writes changed on the bus.
package struct StreamHandler: Sendable {
    private let put: @Sendable ([Announcement]) async throws(AWSError) -> [String?]
    private let pause: @Sendable (Duration) async throws -> Void

    package init(
        put: @escaping @Sendable ([Announcement]) async throws(AWSError) -> [String?],
        pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.put = put
        self.pause = pause
    }

    // The answer for Lambda: the writes that must come again. `remaining` gives the time that is left.
    package func handle(_ event: StreamEvent, remaining: () -> Duration, logger: Logger) async -> JSON {
        var announcements: [Announcement] = []
        for record in event.records {
            do {
                announcements += try record.announcements()
            } catch {
                // To try it again would hold up all that come after it, and end no better.
                logger.error(
                    "CircuitEvents: a write was skipped, since its item cannot be read",
                    metadata: ["circuit": "\(record.id)", "sequenceNumber": "\(record.sequenceNumber)", "error": "\(error)"]
                )
            }
        }
        var plan = DeliveryPlan(announcements)
        var wait = Duration.milliseconds(100)
        while case let batch = plan.next, !batch.isEmpty {
            // One more call, and the pause before it, must end before Lambda ends this one.
            guard remaining() > EventBus.timeLimit + wait + .milliseconds(500) else { break }
            let failures = await failures(of: batch)
            plan.settle(batch, arrived: failures.map { $0 == nil })
            guard let failure = failures.compactMap(\.self).first else { continue }
            logger.warning(
                "CircuitEvents: events did not arrive on the bus",
                metadata: ["count": "\(failures.count { $0 != nil })", "error": "\(failure)"]
            )
            do { try await pause(wait) } catch { break }
            wait = min(wait * 2, .seconds(1))
        }
        let undelivered = plan.undelivered
        if !undelivered.isEmpty {
            logger.error("CircuitEvents: changes are handed back", metadata: ["count": "\(undelivered.count)", "delivered": "\(plan.delivered)"])
        }
        return ["batchItemFailures": .array(undelivered.map { ["itemIdentifier": .string($0)] })]
    }

    private func failures(of batch: [Announcement]) async -> [String?] {
        do throws(AWSError) {
            return try await put(batch)
        } catch {
            return batch.map { _ in "\(error)" }
        }
    }
}
