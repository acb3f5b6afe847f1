//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import FleetOrders
import Foundation
import Synchronization

// One environment that is a process of its own.
final class WorkerProcess: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private struct Answers {
        var partial = Data()
        var lines: [String] = []
        var waiting: [CheckedContinuation<String?, Never>] = []
        var hasEnded = false
    }

    let name: String
    let id: pid_t
    private let input: FileHandle
    private let output: FileHandle
    // Keeps the child known to Foundation, which reaps it.
    private let process: Process
    private let answers = Mutex(Answers())

    // Next to the tests' own program.
    private static var executable: URL {
        get throws {
            var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            for _ in 0..<4 {
                let candidate = folder.appendingPathComponent("FleetWorker")
                if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
                folder.deleteLastPathComponent()
            }
            throw Failure(description: "FleetWorker is not built")
        }
    }

    init(_ setup: WorkerSetup) throws {
        name = setup.name
        let (process, input, output) = (Process(), Pipe(), Pipe())
        process.executableURL = try Self.executable
        process.arguments = [String(decoding: try JSONEncoder().encode(setup), as: UTF8.self)]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        self.process = process
        id = process.processIdentifier
        self.input = input.fileHandleForWriting
        self.output = output.fileHandleForReading
        self.output.readabilityHandler = { [weak self] handle in
            let data = handle.availableData
            if data.isEmpty { handle.readabilityHandler = nil }
            self?.receive(data)
        }
    }

    deinit {
        output.readabilityHandler = nil
        send(SIGKILL)
    }

    func send(_ signal: Int32) {
        if process.isRunning { kill(id, signal) }
    }

    // Gives an order whose answer the next call of `reply` brings.
    func give(_ order: WorkerOrder) throws {
        try input.write(contentsOf: try JSONEncoder().encode(order) + Data("\n".utf8))
    }

    func reply() async throws -> WorkerReply {
        let line = await withCheckedContinuation { continuation in
            let line: String?? = answers.withLock { answers in
                if !answers.lines.isEmpty { return answers.lines.removeFirst() }
                if answers.hasEnded { return .some(nil) }
                answers.waiting.append(continuation)
                return nil
            }
            if let line { continuation.resume(returning: line) }
        }
        guard let line else { throw Failure(description: "the worker \(name) has ended") }
        return try JSONDecoder().decode(WorkerReply.self, from: Data(line.utf8))
    }

    @discardableResult
    func ask(_ order: WorkerOrder) async throws -> WorkerReply {
        try give(order)
        return try await reply()
    }

    private func receive(_ data: Data) {
        let ready = answers.withLock { answers in
            answers.partial += data
            while let end = answers.partial.firstIndex(of: UInt8(ascii: "\n")) {
                answers.lines.append(String(decoding: answers.partial[..<end], as: UTF8.self))
                answers.partial = Data(answers.partial[(end + 1)...])
            }
            if data.isEmpty { answers.hasEnded = true }
            var ready: [(CheckedContinuation<String?, Never>, String?)] = []
            while !answers.waiting.isEmpty, !answers.lines.isEmpty || answers.hasEnded {
                ready.append((answers.waiting.removeFirst(), answers.lines.isEmpty ? nil : answers.lines.removeFirst()))
            }
            return ready
        }
        for (continuation, line) in ready { continuation.resume(returning: line) }
    }
}
