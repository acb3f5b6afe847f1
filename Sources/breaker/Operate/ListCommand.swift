//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import ArgumentParser
import CircuitBreaker
import CircuitBreakerDynamoDB
import SafeText

struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the circuits of a table or of Valkey, the worst first.",
        discussion: """
            Needs the action dynamodb:Scan on the table, all of which it reads, \(DynamoDBStore.longestPage) items per request; with --store, the right to SCAN, which goes over all keys. \
            STATE is the one that decides about calls, orders included. FAILURES are those that the record holds. Items that are not circuits are skipped and counted.

            EXAMPLES:
              breaker list --table circuits
              breaker list --table circuits --state open --json
              breaker list --store valkey://127.0.0.1:6379/0
            """
    )

    enum State: String, ExpressibleByArgument, CaseIterable {
        case closed
        case open
        case halfOpen = "half-open"

        var circuitState: CircuitState {
            switch self {
            case .closed: .closed
            case .open: .open
            case .halfOpen: .halfOpen
            }
        }
    }

    @OptionGroup var options: StoreOptions

    @Option(help: ArgumentHelp("Only circuits in this state.", valueName: "state"))
    var state: State?

    @Flag(help: "As JSON, times in milliseconds since 1970.")
    var json = false

    func run() async throws {
        try await options.withStore { store, place in
            let list = try await CircuitList(of: store, at: WallClock().now)
            guard !list.isForeign else {
                throw CommandFailure(
                    "there are no circuits in \(place): all items seen, \(list.strangers), are another application's"
                )
            }
            let circuits = list.circuits.filter { state == nil || $0.state == state?.circuitState }
            Output.write(json ? "\(Self.json(list, circuits))" : Self.text(circuits))
            for id in list.unreadable { Output.writeError("breaker: the item of the circuit '\(id.escaped)' cannot be read") }
            if list.strangers > 0, !json { Output.writeError("breaker: left out \(list.strangers) items that are no circuits") }
        }
    }

    private static func json(_ list: CircuitList, _ circuits: [CircuitSummary]) -> JSON {
        [
            "circuits": .array(circuits.map(\.json)), "unreadable": .array(list.unreadable.map { .string($0) }),
            "otherItems": .number(.init(list.strangers)),
        ]
    }

    static func text(_ circuits: [CircuitSummary]) -> String {
        guard !circuits.isEmpty else { return "no circuits" }
        let rows = circuits.map { circuit in
            [
                circuit.id, circuit.state.rawValue, circuit.since.date ?? "-", circuit.nextAttempt?.date ?? "-", "\(circuit.window.failures)",
                circuit.order.map { "\($0.kind.rawValue)\($0.until?.date.map { " until \($0)" } ?? "")" } ?? "-",
                circuit.why.isEmpty ? "-" : circuit.why,
            ]
        }
        return Columns.text([["CIRCUIT", "STATE", "SINCE", "NEXT ATTEMPT", "FAILURES", "ORDER", "WHY"]] + rows)
    }
}
