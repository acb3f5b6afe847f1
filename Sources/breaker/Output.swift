//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import SafeText

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#elseif canImport(Glibc)
    import Glibc
#endif

// Whole lines at once and unbuffered, so that a pipe sees each as it happens.
enum Output {
    // Others' words may be in it: what would control the terminal is spelled, except the ends of lines.
    static func write(_ text: String) {
        write(safe(text), to: STDOUT_FILENO)
    }

    static func writeError(_ text: String) {
        write(safe(text), to: STDERR_FILENO)
    }

    // Only for text of our own making: colors, and a cursor that moves.
    static func writeStyled(_ text: String) {
        write(text, to: STDOUT_FILENO)
    }

    static func writeStyledError(_ text: String) {
        write(text, to: STDERR_FILENO, isLine: false)
    }

    // Inside a command, `exit` is the parser's.
    static func end(status: Int32) -> Never {
        exit(status)
    }

    private static func safe(_ text: String) -> String {
        var safe = ""
        safe.appendEscaped(text, keepingNewlines: true)
        return safe
    }

    private static func write(_ text: String, to descriptor: Int32, isLine: Bool = true) {
        var line = text
        if isLine, line.last != "\n" { line += "\n" }
        line.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while let start = rest.baseAddress, !rest.isEmpty {
                #if canImport(Darwin)
                    let count = Darwin.write(descriptor, start, rest.count)
                #elseif canImport(Musl)
                    let count = Musl.write(descriptor, start, rest.count)
                #else
                    let count = Glibc.write(descriptor, start, rest.count)
                #endif
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            }
        }
    }
}
