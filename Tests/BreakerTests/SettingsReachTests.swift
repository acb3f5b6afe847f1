//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import ArgumentParser
import CircuitBreaker
import FleetSimulator
import Foundation
import Testing
import UnreliableService

@testable import breaker

// That every setting which is declared can be given in every way.
@Suite struct SettingsReachTests {
    typealias Configuration = CircuitBreaker.Configuration

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")

    private static func text(_ file: String) throws -> String {
        try String(contentsOf: root.appending(path: file), encoding: .utf8)
    }

    // Another value than any default, and what has to be given beside it.
    private static func arguments<Subject>(_ setting: Setting<Subject>) -> (value: String, all: [String]) {
        let value: String =
            switch setting.kind {
            case .whole: "17"
            case .share: "0.125"
            case .duration: setting.name == "MAX_TIMEOUT_MS" ? "77s" : "7s"
            case .choice(let words): words.last ?? ""
            case .text: "http://127.0.0.1:9"
            }
        let beside: [String] =
            switch setting.relation {
            case .needs: setting.name == "SLOW_CALL_RATE" ? ["--slow-call-duration", "1s"] : ["--slow-call-rate", "0.5"]
            default: []
            }
        return (value, ["--\(setting.option)", value] + beside + (setting.name == "SLOW_CALL_MINIMUM_CALLS" ? ["--slow-call-duration", "1s"] : []))
    }

    @Test(arguments: Configuration.settings.map(\.name)) func breakersHaveOptions(name: String) throws {
        let setting = try #require(Configuration.settings.first { $0.name == name })
        let (value, arguments) = Self.arguments(setting)
        let expected = setting.value(of: value, as: .option)
        let local = try LocalCommand.parse(arguments)
        #expect(setting.read(ServiceSettings.pattern) != expected)
        #expect(setting.read(try local.service.settings(environment: [:], breaker: local.breaker).breaker) == expected)
        let scenario = try SimulateCommand.parse(arguments).scenario()
        #expect(setting.read(scenario.circuit.configuration) == expected)
        for help in [LocalCommand.helpMessage(columns: 500), SimulateCommand.helpMessage(columns: 500)] {
            #expect(help.contains("--\(setting.option) <"))
        }
        #expect(LocalCommand.helpMessage(columns: 500).contains("[\(setting.variable)]"))
    }

    @Test(arguments: ServiceSettings.settings.map(\.name)) func servicesHaveOptions(name: String) throws {
        let setting = try #require(ServiceSettings.settings.first { $0.name == name })
        let (value, arguments) = Self.arguments(setting)
        let local = try LocalCommand.parse(arguments)
        #expect(setting.read(try local.service.settings(environment: [:], breaker: local.breaker)) == setting.value(of: value, as: .option))
        #expect(LocalCommand.helpMessage(columns: 500).contains("[\(setting.variable)]"))
    }

    @Test func tablesAndTheCDKAppsFileAreWhatIsDeclared() throws {
        #expect(
            try Self.text("Sources/CircuitBreaker/Documentation.docc/Settings.md").contains(SettingsCommand.text(.library) + "\n\n"),
            "run make settings"
        )
        #expect(try Self.text("infrastructure/README.md").contains(SettingsCommand.text(.pattern) + "\n\n"), "run make settings")
        #expect(try Self.text("infrastructure/circuit_breaker/settings.json") == SettingsCommand.text(.json) + "\n", "run make settings")
    }

    @Test func everySettingIsInTheTables() throws {
        let (library, pattern, json) = try (SettingsCommand.text(.library), SettingsCommand.text(.pattern), SettingsCommand.text(.json))
        for setting in Configuration.settings {
            #expect(library.contains("| `\(setting.variable)` | `--\(setting.option)` |") && pattern.contains("| `\(setting.variable)` |"))
            #expect(json.contains("\"name\" : \"\(setting.name)\""))
        }
        for setting in ServiceSettings.settings {
            #expect(pattern.contains("| `\(setting.variable)` |") && json.contains("\"name\" : \"\(setting.name)\""))
        }
    }

    private static let commands: [any ParsableCommand.Type] = [LocalCommand.self, SimulateCommand.self]

    private func expectUnits(_ command: any ParsableCommand.Type, _ option: String, _ text: String) {
        let error = #expect(throws: (any Error).self) { try command.parse(["\(option)=\(text)"]) }
        let message = error.map { command.message(for: $0) } ?? ""
        #expect(message.contains(option) && message.contains("(ms, s, m, h)"), "\(message)")
    }

    @Test func bareNumbersAreRefusedWithTheUnits() {
        for command in Self.commands {
            for setting in Configuration.settings where setting.isDuration { expectUnits(command, "--\(setting.option)", "10") }
        }
        for option in ["--latency", "--upstream-timeout", "--idle-recycle", "--function-timeout"] { expectUnits(LocalCommand.self, option, "10") }
        for option in ["--duration", "--client-timeout", "--lifetime", "--idle-time", "--cold-start", "--clock-skew", "--function-timeout"] {
            expectUnits(SimulateCommand.self, option, "10")
        }
    }

    @Test(arguments: ["1", "1.5", "10 s", "10S", "10min", "-1s", "s", "nans", "1e300h"]) func whatIsNoTimeIsRefusedWithTheUnits(text: String) {
        for command in Self.commands { expectUnits(command, "--timeout", text) }
    }

    @Test(arguments: [
        ("0", Duration.zero), ("0s", .zero), ("250ms", .milliseconds(250)), ("1.5s", .milliseconds(1500)), ("5m", .seconds(300)),
        ("1h", .seconds(3600)),
        ("0.1ms", .milliseconds(1)),
    ])
    func times(text: String, expected: Duration) throws {
        #expect(try SimulateCommand.parse(["--ramp", text]).scenario().circuit.recovery.ramp == expected)
    }

    @Test func optionsWinOverVariablesThatTheyDoNotFit() throws {
        let variables = ["CIRCUITBREAKER_FAILURE_THRESHOLD": "9", "CIRCUITBREAKER_MAX_TIMEOUT_MS": "20000"]
        let local = try LocalCommand.parse(["--failure-rate", "0.4", "--max-timeout", "2m", "--timeout", "1m"])
        let breaker = try local.service.settings(environment: variables, breaker: local.breaker).breaker
        #expect(breaker.policy == .failureRate(0.4, minimumCalls: 20, within: .seconds(60)))
        #expect(breaker.recovery.maximumOpenTime == .seconds(120))
        let other = try LocalCommand.parse(["--timeout", "30s"])
        #expect {
            try other.service.settings(environment: variables, breaker: other.breaker)
        } throws: {
            "\($0)" == "CIRCUITBREAKER_MAX_TIMEOUT_MS is \"20000\", but must be at least --timeout, which is \"30s\""
        }
    }
}
