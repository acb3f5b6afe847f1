//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Dispatch
import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#elseif canImport(Glibc)
    import Glibc
#endif

// Ends the program soon after Ctrl-C, whatever hangs: a connection, an upstream, or even the reader of the output.
struct StopLimit {
    // So long may requests take that are under way; then they are cancelled.
    static let requests = Duration.seconds(1)
    private static let server = DispatchTimeInterval.milliseconds(1500)
    private static let output = DispatchTimeInterval.milliseconds(1800)

    private let sources: [any DispatchSourceSignal]

    // Threads of its own, since all others may be blocked.
    init(_ report: EndReport) {
        let queue = DispatchQueue(label: "StopLimit", attributes: .concurrent)
        sources = [SIGINT, SIGTERM].map { number in
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                queue.asyncAfter(deadline: .now() + Self.server) {
                    report.write()
                    Output.end(status: 0)
                }
                queue.asyncAfter(deadline: .now() + Self.output) { _exit(0) }
            }
            source.activate()
            return source
        }
    }
}

// The last line, once.
final class EndReport: Sendable {
    private let isWritten = Mutex(false)
    private let text: @Sendable () -> String

    init(_ text: @escaping @Sendable () -> String) {
        self.text = text
    }

    func write() {
        let isFirst = isWritten.withLock { isWritten in
            defer { isWritten = true }
            return !isWritten
        }
        if isFirst { Output.write(text()) }
    }
}
