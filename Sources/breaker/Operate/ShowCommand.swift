//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import ArgumentParser
import CircuitBreaker

struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a circuit's state: since when, why, by whom, and what happens next.",
        discussion: """
            Needs the action dynamodb:GetItem on the table.

            EXAMPLES:
              breaker show payments --table circuits
              breaker show payments --table circuits --status
            """
    )

    @Argument(help: "The circuit's id.")
    var id: String

    @OptionGroup var options: StoreOptions

    @Flag(help: "Print nothing; the exit status is the state, orders included: 0 closed, 3 open, 4 half-open.")
    var status = false

    @Flag(help: "As JSON, times in milliseconds since 1970.")
    var json = false

    func validate() throws {
        if status, json { throw ValidationError("--status prints nothing, so --json has no meaning with it") }
    }

    func run() async throws {
        var ended: Int32 = 0
        try await options.withStore { store, place in
            let circuit = try await store.existing(id, in: place)
            if status { ended = circuit.exitStatus } else { Output.write(json ? "\(circuit.json)" : circuit.words) }
        }
        if ended != 0 { throw ExitCode(ended) }
    }
}

extension CircuitSummary {
    fileprivate var exitStatus: Int32 {
        switch state {
        case .closed: 0
        case .open: 3
        case .halfOpen: 4
        }
    }
}
