//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension LambdaRuntime {
    /// Serves invocations for as long as the process lives, on behalf of a `main` that is not async.
    ///
    /// An async one ends the main thread, and in a static executable that takes longer than all the rest of the start.
    public func runForever() -> Never {
        // Returns only by ending the process.
        Task.detached { try await run() }
        while true { pause() }
    }
}
