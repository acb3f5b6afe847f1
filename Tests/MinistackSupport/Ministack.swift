//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import Foundation

/// A server on this machine that speaks DynamoDB and checks signatures and policies; one for all tests of a program.
///
/// It ends with the program, however that ends.
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

    /// Where it listens.
    package let url: String
    let root: AWSJSONClient

    private init() async throws {
        let folder = NSTemporaryDirectory() + "ministack-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let portFile = folder + "/port"
        let process = Process()
        process.executableURL = URL(filePath: try Self.tool("python", variable: "CIRCUIT_BREAKER_TEST_PYTHON"))
        process.arguments = ["-c", Self.keeper, try Self.tool("ministack", variable: "CIRCUIT_BREAKER_MINISTACK"), portFile]
        process.environment = [
            "BIND_HOST": "127.0.0.1", "MINISTACK_HOST": "127.0.0.1", "MINISTACK_REGION": Self.region, "AUTH": "true", "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0", "HOME": folder, "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "",
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
        root = try Self.client(url, credentials: Credentials(accessKeyID: "test", secretAccessKey: "test"))
        while await !isReady() { try await pause() }
    }

    // Chooses a free port, and ends the server when the program that started it is gone.
    private static let keeper = """
        import os, socket, subprocess, sys, time
        parent = os.getppid()
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        url = f"http://127.0.0.1:{port}"
        server = subprocess.Popen([sys.argv[1]], env=dict(os.environ, GATEWAY_PORT=str(port), AWS_ENDPOINT_URL=url))
        with open(sys.argv[2], "w") as f:
            f.write(f"{port}\\n")
        while os.getppid() == parent and server.poll() is None:
            time.sleep(0.1)
        server.kill()
        """

    private static func tool(_ name: String, variable: String) throws -> String {
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let path = ProcessInfo.processInfo.environment[variable] ?? package.appending(path: ".venv/bin/\(name)").path
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
