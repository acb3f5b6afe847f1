//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import AWSClient
package import CircuitBreaker
package import Logging

// Keeps a mapping as its circuit's record says: once for each invocation, by one change at most, and by nothing that an event says of the circuit.
package struct PauseHandler: Sendable {
    private let read: @Sendable (_ circuit: String) async throws(StoreError) -> CircuitRecord?
    private let describe: @Sendable (_ mapping: String) async throws(AWSError) -> Mapping
    private let set: @Sendable (_ mapping: String, _ isEnabled: Bool, _ concurrency: Int?) async throws(AWSError) -> Void

    package init(
        read: @escaping @Sendable (_ circuit: String) async throws(StoreError) -> CircuitRecord?,
        describe: @escaping @Sendable (_ mapping: String) async throws(AWSError) -> Mapping,
        set: @escaping @Sendable (_ mapping: String, _ isEnabled: Bool, _ concurrency: Int?) async throws(AWSError) -> Void
    ) {
        self.read = read
        self.describe = describe
        self.set = set
    }

    // The answer names the action. What it throws, Lambda tries again.
    package func handle(_ pause: QueuePause, clock: () -> Timestamp, logger: Logger) async throws -> JSON {
        let metadata: Logger.Metadata = ["circuit": "\(pause.circuit)", "mapping": "\(pause.mapping)"]
        let mapping = try await describe(pause.mapping)
        let record = await record(of: pause.circuit)
        let action =
            switch record {
            case .success(let record): pause.action(mapping, record, at: clock())
            case .failure: pause.actionWithoutRecord(mapping, at: clock())
            }
        if let change = pause.change(by: action) {
            guard try await isSet(pause.mapping, change.isEnabled, change.concurrency) else { return ["action": .string(PauseAction.wait.name)] }
            logger.notice("CircuitEvents: the queue \(action.name)", metadata: metadata)
        } else if case .keepOff(let why) = action {
            let reason: Logger.Metadata = ["reason": "\(why)"]
            logger.warning("CircuitEvents: the queue's event source mapping is left as it is", metadata: metadata.merging(reason) { $1 })
        }
        if case .failure(let error) = record { throw error }
        return ["action": .string(action.name)]
    }

    private func record(of circuit: String) async -> Result<CircuitRecord?, StoreError> {
        do throws(StoreError) {
            return .success(try await read(circuit))
        } catch {
            return .failure(error)
        }
    }

    // False if the mapping is changing already: then Lambda refuses.
    private func isSet(_ mapping: String, _ isEnabled: Bool, _ concurrency: Int?) async throws(AWSError) -> Bool {
        do throws(AWSError) {
            try await set(mapping, isEnabled, concurrency)
            return true
        } catch {
            guard ["ResourceConflictException", "ResourceInUseException"].contains(error.answer?.code) else { throw error }
            return false
        }
    }
}

extension QueuePause {
    fileprivate func change(by action: PauseAction) -> (isEnabled: Bool, concurrency: Int?)? {
        switch action {
        case .pause: (false, mark)
        case .admitFew: (true, Self.least)
        case .restore: (true, concurrency)
        case .leave, .wait, .keepOff: nil
        }
    }
}

extension PauseAction {
    package var name: String {
        switch self {
        case .pause: "is paused"
        case .admitFew: "is on with the least concurrency"
        case .restore: "is on as before"
        case .leave(.normal): "stays on"
        case .leave(.paused): "stays paused"
        case .leave: "stays on with the least concurrency"
        case .wait: "is changing"
        case .keepOff: "is left alone"
        }
    }
}
