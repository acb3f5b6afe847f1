//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import ArgumentParser
import CircuitChecker

@main
struct CircuitCheckerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "circuit-checker",
        abstract: "Checks the engine's invariants: in every interleaving of small scenarios, and in long random runs of large ones.",
        subcommands: [Exhaust.self, Random.self],
        defaultSubcommand: Exhaust.self
    )
}
