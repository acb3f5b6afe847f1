//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import ArgumentParser
import CircuitBreaker

struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show a circuit's last changes of state and orders, the oldest first.",
        discussion: """
            The record keeps the last \(HistoryEntry.limit) of each. A change by a program that writes no history shows as a gap between two entries. \
            Needs the action dynamodb:GetItem on the table.

            EXAMPLES:
              breaker history payments --table circuits
            """
    )

    @Argument(help: "The circuit's id.")
    var id: String

    @OptionGroup var options: StoreOptions

    @Flag(help: "As JSON, times in milliseconds since 1970.")
    var json = false

    func run() async throws {
        try await options.withStore { store, place in
            let history = CircuitHistory(try await store.existing(id, in: place))
            Output.write(json ? "\(history.json)" : history.text)
        }
    }
}
