//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension LambdaLogHandler {
    private static let lock = Mutex(())

    /// Writes to standard error, unbuffered, since nothing would flush a buffer before Lambda freezes the process.
    ///
    /// A line is not interleaved with others of this process. One that cannot be written is dropped: a log must not stop a function.
    public static let standardError: Sink = { line in
        var line = line
        line.withUTF8 { bytes in
            lock.withLock { _ in
                var rest = UnsafeRawBufferPointer(bytes)
                while let start = rest.baseAddress, !rest.isEmpty {
                    let count = write(STDERR_FILENO, start, rest.count)
                    if count < 0 && errno == EINTR { continue }
                    if count <= 0 { return }
                    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
                }
            }
        }
    }
}
