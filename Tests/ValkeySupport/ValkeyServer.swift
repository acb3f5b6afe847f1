//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import Foundation

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A server of Valkey, or of Redis where there is no Valkey, on a port of this machine that nobody else uses.
///
/// It ends with this object. What it has written stays, for another that is started in its place.
package final class ValkeyServer: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String

        package init(_ description: String) { self.description = description }
    }

    /// Nil: there is none here, and scripts/get-valkey could not get one.
    package static let program: String? = {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let candidates = ["valkey-server", "redis-server"].flatMap { name in folders.map { "\($0)/\(name)" } }
        return (candidates + [project.appending(path: ".venv/valkey/valkey-server").path]).first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    package static var isHere: Bool { program != nil }

    private static let started = Task { try await ValkeyServer() }

    /// One for all tests that keep to keys of their own.
    package static var shared: ValkeyServer {
        get async throws { try await started.value }
    }

    package let port: Int
    package let folder: String
    private let process: Process

    package var url: String { "valkey://127.0.0.1:\(port)" }
    package var id: pid_t { process.processIdentifier }

    /// Starts a server, and returns once it answers.
    /// - Parameters:
    ///   - arguments: options as in a configuration file, without a port: `--appendonly`, `yes`.
    ///   - port: nil: any that is free.
    ///   - folder: where it writes; nil: a new one.
    ///   - isTLS: whether the options have it listen for TLS alone on the port.
    /// - Throws: ``Failure``, with where its log is.
    package init(_ arguments: [String] = [], port: Int? = nil, in folder: String? = nil, isTLS: Bool = false) async throws {
        guard let program = Self.program else { throw Failure("there is no valkey-server or redis-server: run scripts/get-valkey") }
        let place = folder ?? NSTemporaryDirectory() + "valkey-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        self.folder = place
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            // Another program may take the port between the two.
            let port = try port ?? Self.freePort()
            let process = Process()
            process.executableURL = URL(filePath: program)
            let listen = isTLS ? ["--port", "0", "--tls-port", "\(port)"] : ["--port", "\(port)"]
            process.arguments = listen + ["--bind", "127.0.0.1", "--dir", place, "--save", "", "--logfile", "\(place)/log"] + arguments
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            while process.isRunning, !(isTLS ? Self.listens(on: port) : Self.answers(on: port)) {
                guard ContinuousClock.now < deadline else { throw Failure("the server did not start: see \(place)/log") }
                try await Task.sleep(for: .milliseconds(10))
            }
            if process.isRunning {
                (self.port, self.process) = (port, process)
                Self.endWithProgram(process.processIdentifier)
                return
            }
            guard ContinuousClock.now < deadline else { throw Failure("the server ended at once: see \(place)/log") }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    deinit { kill() }

    package func send(_ signal: Int32) {
        if process.isRunning { Self.signal(id, signal) }
    }

    /// As a crash would, and returns once it has ended.
    package func kill() {
        send(SIGKILL)
        process.waitUntilExit()
    }

    /// Another in its place, with what it wrote.
    package func restarted(_ arguments: [String] = []) async throws -> ValkeyServer {
        kill()
        return try await ValkeyServer(arguments, port: port, in: folder)
    }

    /// A replica becomes the server to write to.
    package func promote() throws {
        let answer = try Self.answer(to: "REPLICAOF NO ONE", on: port)
        guard answer?.hasPrefix("+OK") == true else { throw Failure("the replica answered '\(answer ?? "nothing")'") }
    }

    private static func signal(_ id: pid_t, _ number: Int32) {
        #if canImport(Darwin)
            Darwin.kill(id, number)
        #elseif canImport(Musl)
            Musl.kill(id, number)
        #else
            Glibc.kill(id, number)
        #endif
    }

    // A program that crashes leaves no server behind.
    private static func endWithProgram(_ id: pid_t) {
        let guarding = Process()
        guarding.executableURL = URL(filePath: "/bin/sh")
        let (me, server) = (ProcessInfo.processInfo.processIdentifier, id)
        guarding.arguments = [
            "-c",
            "while kill -0 \(me) 2>/dev/null && kill -0 \(server) 2>/dev/null; do sleep 1; done; kill -0 \(me) 2>/dev/null || kill -9 \(server) 2>/dev/null",
        ]
        guarding.standardInput = FileHandle.nullDevice
        guarding.standardOutput = FileHandle.nullDevice
        guarding.standardError = FileHandle.nullDevice
        try? guarding.run()
    }

    private static func freePort() throws -> Int {
        try withSocket { socket, address in
            let isBound = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
            }
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let isNamed = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) == 0 }
            }
            guard isBound, isNamed else { throw Failure("there is no free port") }
            return Int(UInt16(bigEndian: address.sin_port))
        }
    }

    private static func listens(on port: Int) -> Bool {
        (try? withConnection(to: port) { _ in true }) ?? nil ?? false
    }

    // One that reads what it wrote before listens, but has no data yet.
    private static func answers(on port: Int) -> Bool {
        let answer = (try? answer(to: "PING", on: port)) ?? nil ?? ""
        return !answer.isEmpty && !answer.hasPrefix("-LOADING")
    }

    // Nil: nobody listens.
    private static func answer(to command: String, on port: Int) throws -> String? {
        try withConnection(to: port) { descriptor in
            let line = Array((command + "\r\n").utf8)
            var bytes = [UInt8](repeating: 0, count: 64)
            guard write(descriptor, line, line.count) == line.count else { return "" }
            let count = read(descriptor, &bytes, bytes.count)
            return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        }
    }

    // Nil: nobody listens.
    private static func withConnection<Result>(to port: Int, _ body: (Int32) throws -> Result) throws -> Result? {
        try withSocket { socket, address in
            address.sin_port = UInt16(port).bigEndian
            let isConnected = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
            }
            return isConnected ? try body(socket) : nil
        }
    }

    private static func withSocket<Result>(_ body: (Int32, inout sockaddr_in) throws -> Result) throws -> Result {
        #if canImport(Glibc)
            let stream = Int32(SOCK_STREAM.rawValue)
        #else
            let stream = SOCK_STREAM
        #endif
        let descriptor = socket(AF_INET, stream, 0)
        guard descriptor >= 0 else { throw Failure("there are no sockets") }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return try body(descriptor, &address)
    }
}
