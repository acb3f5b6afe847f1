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

// What a person sees or types, if one does.
struct Terminal {
    static let input = Terminal(STDIN_FILENO)
    static let output = Terminal(STDOUT_FILENO)
    static let error = Terminal(STDERR_FILENO)

    let isTerminal: Bool
    // In characters; nil: nobody looks, or it does not say.
    let width: Int?
    let height: Int?

    private init(_ descriptor: Int32) {
        isTerminal = isatty(descriptor) == 1
        var size = winsize()
        let isKnown = isTerminal && ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        width = isKnown ? Int(size.ws_col) : nil
        height = isKnown && size.ws_row > 0 ? Int(size.ws_row) : nil
    }

    // See no-color.org.
    func isColored(_ environment: [String: String]) -> Bool {
        isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }
}
