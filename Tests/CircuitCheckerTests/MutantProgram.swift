//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Foundation

// All mutants in one program, made of a copy of the sources: the number of one, given when it starts, switches that rule off. Nothing of it is in the library.
struct MutantProgram {
    struct Mistake: Error, CustomStringConvertible {
        var description: String
    }

    private let folder: URL
    private var program: URL { folder.appending(path: "mutants") }

    init(_ mutants: [Mutant]) throws {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(
            path: "Sources"
        )
        folder = FileManager.default.temporaryDirectory.appending(path: "mutants-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var texts: [String: String] = [:]
        for directory in ["CircuitBreaker/Engine", "CircuitChecker", "SafeText"] {
            let directory = sources.appending(path: directory)
            // The checker's own link to the engine is not followed, so that each file is taken once.
            for path in try FileManager.default.subpathsOfDirectory(atPath: directory.path) where path.hasSuffix(".swift") {
                let file = URL(filePath: path).lastPathComponent
                let text = try String(contentsOf: directory.appending(path: path), encoding: .utf8)
                // All is one module.
                texts[file] = text.replacingOccurrences(of: "import SafeText\n", with: "")
            }
        }
        let originals = texts
        for (index, mutant) in mutants.enumerated() {
            let count = (originals[mutant.file] ?? "").components(separatedBy: mutant.text).count - 1
            guard count == 1, let text = texts[mutant.file] else {
                throw Mistake(description: "“\(mutant.name)”: its text occurs \(count) times in \(mutant.file), not once:\n\(mutant.text)")
            }
            let replacement = mutant.replacement.replacingOccurrences(of: "OFF", with: "(activeMutant == \(index + 1))")
            texts[mutant.file] = text.replacingOccurrences(of: mutant.text, with: replacement)
        }
        texts["main.swift"] = Self.main
        texts["ActiveMutant.swift"] = "let activeMutant = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 0\n"
        for (file, text) in texts { try text.write(to: folder.appending(path: file), atomically: true, encoding: .utf8) }
        let flags = [
            "-O", "-wmo", "-swift-version", "6", "-package-name", "mutants", "-module-name", "Mutants", "-enable-upcoming-feature", "ExistentialAny",
            "-enable-upcoming-feature", "InternalImportsByDefault", "-enable-upcoming-feature", "MemberImportVisibility", "-suppress-warnings",
        ]
        let (status, output) = try Self.run(
            URL(filePath: "/usr/bin/env"),
            ["swiftc"] + flags + ["-o", program.path] + texts.keys.map { folder.appending(path: $0).path }
        )
        guard status == 0 else { throw Mistake(description: "The mutants do not compile:\n\(output)") }
    }

    func remove() {
        try? FileManager.default.removeItem(at: folder)
    }

    // The invariant that breaks first, after how many steps, and the story; nil: none broke.
    func check(_ number: Int, scenario: String, states: Int, needsRecovery: Bool) throws -> (invariant: String, steps: Int, story: String)? {
        let (status, output) = try Self.run(program, ["\(number)", scenario, "\(states)", needsRecovery ? "1" : "0"])
        let lines = output.split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false)
        guard status == 0, let result = lines.first?.split(separator: " ") else {
            throw Mistake(description: "mutant \(number), scenario \(scenario): the program ended with \(status)\n\(output)")
        }
        guard result.count == 2, let steps = Int(result[1]) else { return nil }
        return (String(result[0]), steps, lines.dropFirst().joined(separator: "\n"))
    }

    private static func run(_ program: URL, _ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = program
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    private static let main = """
        let arguments = CommandLine.arguments
        guard arguments.count == 5, let scenario = Scenario.named(arguments[2]), let states = Int(arguments[3]), let share = Int(arguments[4]) else {
            fatalError("arguments: mutant, scenario, states, share of recoveries")
        }
        let outcome = Search.explore(scenario, .init(states: states, recoveryShare: share))
        if let finding = outcome.finding {
            print("\\(finding.violation.invariant) \\(finding.trace.firstIndex(of: .heal) ?? finding.trace.count)")
            print(finding.violation.what)
            print(story(of: finding.trace, in: scenario))
        } else {
            print("none")
            print(outcome)
        }
        """
}
