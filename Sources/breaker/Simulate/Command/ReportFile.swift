//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#elseif canImport(Glibc)
    import Glibc
#endif

// A file that is there whole or not at all.
struct ReportFile {
    let path: String

    // Before anything is simulated, what can be said of it already.
    func check() throws {
        guard !path.isEmpty else { throw CommandFailure("--html needs the name of a file", status: CommandFailure.usage) }
        switch Self.kind(path) {
        case nil, S_IFREG?: break
        case S_IFDIR?: throw failure("is a folder")
        default: throw failure("is no ordinary file")
        }
        guard Self.kind(folder) == S_IFDIR else { throw failure("there is no folder '\(folder)'") }
        guard access(folder, W_OK) == 0 else { throw failure("the folder '\(folder)' may not be written to") }
    }

    // Beside it first, then renamed. Ctrl-C waits for the moment that this takes.
    func write(_ text: String) throws {
        let interrupt = signal(SIGINT, SIG_IGN)
        let terminate = signal(SIGTERM, SIG_IGN)
        defer {
            _ = signal(SIGINT, interrupt)
            _ = signal(SIGTERM, terminate)
        }
        let temporary = "\(path).\(getpid()).partial"
        guard Self.write(text, to: temporary), rename(temporary, path) == 0 else {
            let reason = String(cString: strerror(errno))
            unlink(temporary)
            throw failure(reason)
        }
    }

    private var folder: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private func failure(_ problem: String) -> CommandFailure {
        CommandFailure("the report '\(path)': \(problem)")
    }

    private static func kind(_ path: String) -> mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }

    private static func write(_ text: String, to path: String) -> Bool {
        guard let file = fopen(path, "w") else { return false }
        var text = text
        let isWritten = text.withUTF8 { fwrite($0.baseAddress, 1, $0.count, file) == $0.count }
        return fclose(file) == 0 && isWritten
    }
}
