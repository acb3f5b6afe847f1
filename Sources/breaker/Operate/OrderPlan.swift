//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker
import Logging
import SafeText

// An operator's intention for some circuits: shown first, then carried out on each.
struct OrderPlan {
    // What it is to do, and what it then has done.
    let words: String
    let done: String
    // Whether it may send calls to a dependency that is failing.
    let admitsCalls: Bool
    let carryOut: @Sendable (CircuitBreaker) async throws -> Void

    func run(_ options: OrderOptions) async throws {
        try await options.store.withStore { store, place in
            let circuits = try await known(options, store, place)
            let ids = circuits.map(\.id)
            let preview = ids.count == 1 ? "\(words): \(ids[0])" : "\(words): \(ids.count) circuits"
            if options.dryRun {
                let lines = circuits.map { "\($0.id) (\($0.summary.map(\.short) ?? "no record yet"))".escaped }
                return Output.write(
                    options.json ? "\(JSON.array(circuits.map(\.json)))" : "would \(words.escaped):\n" + lines.joined(separator: "\n")
                )
            }
            let isRisky = circuits.contains { self.isRisky(for: $0.summary) }
            if ids.count > 1 || isRisky { try confirm(preview, circuits, isRisky: isRisky, options) }
            for (count, id) in ids.enumerated() {
                do {
                    try await carryOut(on: id, store)
                } catch {
                    let cause = (error as? StoreError)?.message ?? "\(error)"
                    throw CommandFailure("\(id) was not changed for certain, \(count) of \(ids.count) circuits were: \(cause)")
                }
            }
            if options.json {
                var after: [JSON] = []
                for id in ids { after.append(try await store.summary(of: id)?.json ?? .null) }
                Output.write("\(JSON.array(after))")
            } else {
                Output.write(ids.map { "\($0): \(done)" }.joined(separator: "\n"))
            }
        }
    }

    static let risk = "it lets calls through to a dependency that fails"

    func isRisky(for circuit: CircuitSummary?) -> Bool {
        admitsCalls && circuit.map { $0.stateWithoutOrder != .closed } ?? false
    }

    func carryOut(on id: String, _ store: any OperatedStore) async throws {
        try await carryOut(CircuitBreaker(id, store: store, configuration: Self.patient, logger: Self.silent))
    }

    // A person would rather wait than be refused.
    private static var patient: CircuitBreaker.Configuration {
        var configuration = CircuitBreaker.Configuration()
        configuration.sharing.storeTimeout = .seconds(15)
        return configuration
    }

    // What there is to say is said once, in one line.
    private static let silent = Logger(label: "breaker", factory: { _ in SwiftLogNoOpLogHandler() })

    private struct Target {
        let id: String
        let summary: CircuitSummary?

        var json: JSON { summary?.json ?? ["id": .string(id), "state": .null] }
    }

    // All are read before any is changed, so that a slip in one id changes nothing.
    private func known(_ options: OrderOptions, _ store: any OperatedStore, _ place: StorePlace) async throws -> [Target] {
        var seen: Set<String> = []
        var targets: [Target] = []
        for id in options.ids where seen.insert(id).inserted {
            targets.append(Target(id: id, summary: try await store.summary(of: id)))
        }
        let unknown = targets.filter { $0.summary == nil }.map { "'\($0.id)'" }
        guard unknown.isEmpty || options.create else {
            let names = unknown.prefix(5).joined(separator: ", ") + (unknown.count > 5 ? " and \(unknown.count - 5) more" : "")
            throw CommandFailure("no circuit \(names) in \(place); nothing was changed; --create makes a record for it")
        }
        return targets
    }

    private func confirm(_ preview: String, _ circuits: [Target], isRisky: Bool, _ options: OrderOptions) throws {
        guard !options.yes else { return }
        let reason = isRisky ? Self.risk : "it changes more than one circuit"
        guard Terminal.input.isTerminal, Terminal.error.isTerminal else {
            throw CommandFailure("\(reason): give --yes to do it without a question; nothing was changed", status: CommandFailure.usage)
        }
        let lines = circuits.map { "  \($0.id) (\($0.summary.map(\.short) ?? "no record yet"))".escaped }
        Output.writeError(([preview.escaped] + lines + ["\(reason). Do it? [y/N]"]).joined(separator: "\n"))
        guard let answer = readLine(), ["y", "yes"].contains(answer.lowercased()) else {
            throw CommandFailure("not done; nothing was changed")
        }
    }
}

extension CircuitSummary {
    fileprivate var short: String { state.rawValue + (order.map { ", \($0.kind.rawValue)" } ?? "") }
}
