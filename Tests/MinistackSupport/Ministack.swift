//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import Foundation

/// A server on this machine that speaks DynamoDB and checks signatures and policies; one for all tests of a program.
///
/// It ends with the program, however that ends. A guard in it takes one random key as root's, and nothing from a browser.
package final class Ministack: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// The region that it is in.
    package static let region = "eu-west-1"

    private static let started = Task { try await Ministack() }

    /// The server, which the first who asks starts.
    package static var shared: Ministack {
        get async throws { try await started.value }
    }

    /// A server of its own, for tests that cannot choose their tables' names.
    package static func another() async throws -> Ministack { try await Ministack() }

    /// Where it listens.
    package let url: String
    let root: AWSJSONClient
    let rootKey = UUID().uuidString

    private init() async throws {
        let folder = NSTemporaryDirectory() + "ministack-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let portFile = folder + "/port"
        let process = Process()
        process.executableURL = URL(filePath: try Self.tool("python", variable: "CIRCUIT_BREAKER_TEST_PYTHON"))
        process.arguments = ["-m", "guarded_ministack", "--port-file", portFile, "--until-orphaned"]
        let secret = UUID().uuidString
        process.environment = [
            "AWS_ACCESS_KEY_ID": rootKey, "AWS_SECRET_ACCESS_KEY": secret, "MINISTACK_REGION": Self.region, "HOME": folder,
            "PYTHONPATH": Self.project.appending(path: "infrastructure").path, "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "",
        ]
        process.currentDirectoryURL = URL(filePath: folder)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let deadline = ContinuousClock.now + .seconds(60)
        func pause() async throws {
            guard ContinuousClock.now < deadline, process.isRunning else { throw Failure(description: "ministack did not start") }
            try await Task.sleep(for: .milliseconds(50))
        }
        var port = ""
        while !port.hasSuffix("\n") {
            try await pause()
            port = (try? String(contentsOfFile: portFile, encoding: .utf8)) ?? ""
        }
        url = "http://127.0.0.1:\(port.dropLast())"
        root = try Self.client(url, credentials: Credentials(accessKeyID: rootKey, secretAccessKey: secret))
        while await !isReady() { try await pause() }
    }

    private static let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static func tool(_ name: String, variable: String) throws -> String {
        let path = ProcessInfo.processInfo.environment[variable] ?? project.appending(path: ".venv/bin/\(name)").path
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw Failure(description: "there is no \(path): run scripts/setup-tests, or set \(variable)")
        }
        return path
    }

    static func client(_ url: String, credentials: Credentials) throws -> AWSJSONClient {
        var configuration = try AWSClientConfiguration(service: "dynamodb", region: region, endpoint: url)
        // Machines that test may be slow.
        configuration.timeLimit = .seconds(30)
        configuration.connectTimeout = .seconds(30)
        return AWSJSONClient(configuration, credentials: FixedCredentials(credentials))
    }
}
