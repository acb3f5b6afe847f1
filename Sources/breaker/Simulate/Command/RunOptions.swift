//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import ArgumentParser
import FleetSimulator

// How long, by what chance, with whom, and where the result goes.
struct RunOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The seed of all random numbers. (default: 1)", valueName: "n"),
        transform: { text in
            guard let seed = UInt64(text) else { throw ValidationError("must be a whole number, from 0 to \(UInt64.max)") }
            return seed
        }
    )
    var seed: UInt64?

    @Option(parsing: .unconditional, help: ArgumentHelp("How long the run lasts, in virtual time.", valueName: "time"), transform: Arguments.span())
    var duration: Milliseconds?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("What to compare: \(Algorithm.allCases.map(\.argument).joined(separator: ",")). (default: all)", valueName: "names"),
        transform: { text in
            let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            let algorithms = names.compactMap { name in Algorithm.allCases.first { $0.argument == name } }
            guard algorithms.count == names.count, Set(algorithms).count == algorithms.count else {
                throw ValidationError("must be some of \(Algorithm.allCases.map(\.argument).joined(separator: ",")), each once")
            }
            return algorithms
        }
    )
    var algorithms: [Algorithm] = Algorithm.allCases

    @Flag(help: "Print all figures and every second of each run as JSON instead of the table.")
    var json = false

    @Option(help: ArgumentHelp("Write a report with charts: one page that needs nothing else.", valueName: "file"))
    var html: String?
}
