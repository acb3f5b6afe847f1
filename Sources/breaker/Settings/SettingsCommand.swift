//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import ArgumentParser
import CircuitBreaker
import UnreliableService

struct SettingsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings",
        abstract: "List every setting: its variable, its option, its allowed values and its default.",
        discussion: """
            Without options, prints the settings of a breaker. Several breakers in one process each have a prefix: CIRCUITBREAKER_PAYMENTS_TIMEOUT_MS wins \
            over CIRCUITBREAKER_TIMEOUT_MS.

            EXAMPLES:
              breaker settings
              breaker settings --format json
            """
    )

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case library
        case pattern
        case json
    }

    @Option(
        help: ArgumentHelp(
            "A table of the library's settings, one of the pattern's with its defaults, or the pattern's as JSON, which the CDK app reads.",
            valueName: "kind"
        )
    )
    var format = Format.library

    func run() throws {
        Output.write(try Self.text(format))
    }

    static func text(_ format: Format) throws -> String {
        switch format {
        case .library: SettingsTable(CircuitBreaker.Configuration(), inCode: true).markdown
        case .pattern: SettingsTable(ServiceSettings.pattern).markdown + "\n" + SettingsTable(ServiceSettings()).rows.joined(separator: "\n")
        case .json: try SettingsDocument().json()
        }
    }
}
