//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension RuntimeFailure {
    /// What went wrong with a connection, in the words of the system and without those of the call that found out.
    package static func reason(_ error: any Error) -> String {
        let cause = (error as? NIOConnectionError)?.connectionErrors.first?.error ?? error
        guard let cause = cause as? IOError, let text = strerror(cause.errnoCode) else { return "\(cause)" }
        return String(cString: text)
    }
}
