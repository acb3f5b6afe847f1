//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import ArgumentParser
import CircuitBreaker

@main
struct Breaker: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "breaker",
        abstract: "Circuits that many short-lived processes share.",
        subcommands: [
            LocalCommand.self, SimulateCommand.self, ListCommand.self, ShowCommand.self, HistoryCommand.self, WatchCommand.self,
            TablesCommand.self, GiveCommand<OpenWords>.self, GiveCommand<CloseWords>.self, GiveCommand<DisableWords>.self,
            GiveCommand<ObserveWords>.self, LiftCommand.self, ResetCommand.self, TableCommand.self, SettingsCommand.self,
        ]
    )

    // The parser's own `main` would exit with 64 for a usage error.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            leave(error)
        }
    }

    private static func leave(_ error: any Error) -> Never {
        switch error {
        case let error as CommandFailure:
            fail(error.description, status: error.status)
        case let error as ExitCode:
            Output.end(status: error.rawValue)
        case let error as ConfigurationError:
            fail("\(error)", status: CommandFailure.usage)
        default:
            break
        }
        switch exitCode(for: error) {
        case .success:
            Output.write(fullMessage(for: error))
            Output.end(status: 0)
        case .validationFailure:
            fail(message(for: error), status: CommandFailure.usage, hint: true)
        default:
            fail(message(for: error), status: CommandFailure.failure)
        }
    }

    private static func fail(_ message: String, status: Int32, hint: Bool = false) -> Never {
        let command = CommandLine.arguments.dropFirst().first { name in configuration.subcommands.contains { $0._commandName == name } }
        let line = message.split(whereSeparator: \.isNewline).map { $0.trimmed }.filter { !$0.isEmpty }.joined(separator: " ")
        Output.writeError("breaker: \(line)\(hint ? "\nSee breaker \(command.map { "\($0) " } ?? "")--help." : "")")
        Output.end(status: status)
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var rest = drop { $0 == " " || $0 == "\t" }
        while rest.last == " " || rest.last == "\t" { rest = rest.dropLast() }
        return rest
    }
}
