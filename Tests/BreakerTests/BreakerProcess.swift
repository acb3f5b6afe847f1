//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Foundation
import Synchronization
import Testing

// The built program, as a process of its own.
final class BreakerProcess: @unchecked Sendable {
    struct Ended {
        var status: Int32
        var output: String
        var error: String
    }

    // Nothing of the machine that runs the tests.
    static let nobody = [
        "AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "", "AWS_PROFILE": "", "AWS_CONFIG_FILE": "/dev/null", "AWS_ENDPOINT_URL": "",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_SESSION_TOKEN": "",
        "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "", "AWS_CONTAINER_CREDENTIALS_FULL_URI": "",
        "AWS_ENDPOINT_URL_DYNAMODB": "", "AWS_WEB_IDENTITY_TOKEN_FILE": "", "CIRCUITBREAKER_STORE": "",
    ]

    // Next to the tests' own program.
    private static var executable: URL {
        get throws {
            var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            for _ in 0..<4 {
                let candidate = folder.appendingPathComponent("breaker")
                if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
                folder.deleteLastPathComponent()
            }
            throw Failure("the program is not built")
        }
    }

    struct Failure: Error, CustomStringConvertible {
        var description: String
        init(_ description: String) { self.description = description }
    }

    private let process = Process()
    private let folder: URL
    let outputFile: URL
    private let errorFile: URL

    // A line of a shell, in which the program is found by its name.
    convenience init(shell line: String, environment: [String: String]) throws {
        let path = try Self.executable.deletingLastPathComponent().path + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
        try self.init(["-c", line], program: URL(fileURLWithPath: "/bin/sh"), environment: environment.merging(["PATH": path]) { $1 })
    }

    convenience init(_ arguments: [String], environment: [String: String] = [:]) throws {
        try self.init(arguments, program: Self.executable, environment: environment)
    }

    private init(_ arguments: [String], program: URL, environment: [String: String]) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("breaker-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        outputFile = folder.appendingPathComponent("output")
        errorFile = folder.appendingPathComponent("error")
        for file in [outputFile, errorFile] { try Data().write(to: file) }
        process.executableURL = program
        process.arguments = arguments
        var variables = ProcessInfo.processInfo.environment.filter { name, _ in
            !name.hasPrefix("CIRCUITBREAKER_") && !["SUCCESS_PROBABILITY", "LATENCY_MS", "UPSTREAM_URL", "UPSTREAM_TIMEOUT_MS"].contains(name)
        }
        variables.merge(environment) { $1 }
        process.environment = variables
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: outputFile)
        process.standardError = try FileHandle(forWritingTo: errorFile)
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(at: folder)
    }

    var output: String { (try? String(contentsOf: outputFile, encoding: .utf8)) ?? "" }

    // Where it listens, once it says so.
    func address() async throws -> String {
        try await poll("it listens") {
            guard let line = output.split(separator: "\n").first(where: { $0.hasPrefix("listening on") }), let url = line.split(separator: " ").last
            else {
                return nil
            }
            return String(url.dropLast())
        }
    }

    func wait(_ seconds: Double = 20) async throws -> Ended {
        let process = process
        try await poll("it ends", seconds) { process.isRunning ? nil : () }
        let error = (try? String(contentsOf: errorFile, encoding: .utf8)) ?? ""
        return Ended(status: process.terminationReason == .exit ? process.terminationStatus : -1, output: output, error: error)
    }

    func stop() async throws -> Ended {
        kill(process.processIdentifier, SIGINT)
        return try await wait()
    }

    static func run(_ arguments: String..., environment: [String: String] = [:]) async throws -> Ended {
        try await BreakerProcess(arguments, environment: environment).wait()
    }
}

extension BreakerProcess.Ended {
    // An error as people and scripts want it, with these words in it.
    func expectOneLine(_ words: [String], status wanted: Int32 = 1) {
        let lines = error.split(separator: "\n")
        #expect(lines.count == 1 || (wanted == 2 && lines.count == 2 && lines[1].hasPrefix("See breaker ")), "\(error.prefix(600))")
        #expect(lines.first?.hasPrefix("breaker: ") == true)
        #expect(error.utf8.count < 1000 && !error.contains("\u{1B}"))
        for word in words { #expect(error.contains(word), "\(error.prefix(600))") }
        #expect(output.isEmpty && status == wanted, "\(status) \(error.prefix(300))")
    }
}

// Looks again and again until there is something to see.
func poll<Value>(_ what: String, _ seconds: Double = 20, _ look: () async throws -> Value?) async throws -> Value {
    let end = ContinuousClock.now.advanced(by: .seconds(seconds))
    while true {
        if let value = try await look() { return value }
        guard ContinuousClock.now < end else { throw BreakerProcess.Failure("waited \(seconds) s until \(what)") }
        try await Task.sleep(for: .milliseconds(10))
    }
}
