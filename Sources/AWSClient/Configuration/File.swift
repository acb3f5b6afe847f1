//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Reads small files without Foundation.
enum File {
    enum Failure: Error {
        case unreadable
        case tooLarge
    }

    static let maximumSize = 1 << 20

    /// The bytes of a file of at most 1 MiB.
    static func read(_ path: String) -> Result<[UInt8], Failure> {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return .failure(.unreadable) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while bytes.count <= maximumSize {
            switch readSome(file, into: &buffer) {
            case 0: return .success(bytes)
            case let count where count > 0: bytes += buffer[..<count]
            default: return .failure(.unreadable)
            }
        }
        return .failure(.tooLarge)
    }

    private static func readSome(_ file: Int32, into buffer: inout [UInt8]) -> Int {
        #if canImport(Darwin)
            Darwin.read(file, &buffer, buffer.count)
        #elseif canImport(Musl)
            Musl.read(file, &buffer, buffer.count)
        #else
            Glibc.read(file, &buffer, buffer.count)
        #endif
    }
}
