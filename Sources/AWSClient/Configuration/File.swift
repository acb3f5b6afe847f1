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
    private static let maximumSize = 1 << 20

    /// The bytes of a file; nil when it cannot be read or is larger than 1 MiB.
    static func read(_ path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while bytes.count <= self.maximumSize {
            switch self.readSome(file, into: &buffer) {
            case 0: return bytes
            case let count where count > 0: bytes += buffer[..<count]
            default: return nil
            }
        }
        return nil
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
