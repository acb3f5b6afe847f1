//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import Foundation

extension Process {
    /// Starts a program with files or nothing as its streams, for a pipe may be inherited by whatever else is started meanwhile.
    static func start(
        _ command: [String],
        input: String? = nil,
        output: String? = nil,
        folder: String? = nil,
        environment: [String: String]? = nil
    ) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        process.environment = environment
        process.currentDirectoryURL = folder.map { URL(filePath: $0) }
        process.standardInput = try input.map { try FileHandle(forReadingFrom: URL(filePath: $0)) } ?? FileHandle.nullDevice
        process.standardOutput = try output.map { try FileHandle(forWritingTo: URL(filePath: $0)) } ?? FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// Waits without a thread: `waitUntilExit` spins, and may keep the only one that other tests have.
    func ended() async throws {
        while isRunning { try await Task.sleep(for: .milliseconds(10)) }
    }

    /// Ends it for certain: it may have inherited a mask that blocks milder signals.
    func stop() async throws {
        kill(processIdentifier, SIGKILL)
        try await ended()
    }
}
