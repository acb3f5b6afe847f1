//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import Foundation

/// Asks botocore, by which the AWS CLI works, what it makes of things.
enum Botocore {
    /// Runs a script of this folder, which answers each line of JSON with one.
    ///
    /// - Parameters:
    ///   - script: Its name.
    ///   - cases: What is asked.
    /// - Returns: The answers, as many as cases.
    /// - Throws: When there is no botocore, or the script fails.
    static func ask<Answer: Decodable>(_ script: String, _ cases: [some Encodable]) async throws -> [Answer] {
        try await self.ask(script, lines: cases.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) })
    }

    static func ask<Answer: Decodable>(_ script: String, lines: [String]) async throws -> [Answer] {
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: script).path
        let output = try await run([try await python(), "-X", "utf8", path], input: lines.joined(separator: "\n"))
        let answers = try output.split(separator: "\n").map { try JSONDecoder().decode(Answer.self, from: Data($0.utf8)) }
        guard answers.count == lines.count else { throw TestFailure("\(script) gave \(answers.count) answers to \(lines.count) cases") }
        return answers
    }

    private static func python() async throws -> String {
        let named = ProcessInfo.processInfo.environment["CIRCUIT_BREAKER_TEST_PYTHON"]
        let candidates = named.map { [$0] } ?? [".venv/bin/python", "python3"]
        for candidate in candidates where (try? await run([candidate, "-c", "import botocore"], input: "")) != nil { return candidate }
        throw TestFailure("no Python with botocore in \(candidates); run scripts/setup-tests, or name one in CIRCUIT_BREAKER_TEST_PYTHON")
    }

    private static func run(_ command: [String], input: String) async throws -> String {
        let folder = try TemporaryFolder()
        let output = try folder.write("output", "")
        let process = try Process.start(command, input: try folder.write("input", input), output: output)
        try await process.ended()
        guard process.terminationStatus == 0 else { throw TestFailure("\(command) ended with status \(process.terminationStatus)") }
        return try String(contentsOfFile: output, encoding: .utf8)
    }
}
