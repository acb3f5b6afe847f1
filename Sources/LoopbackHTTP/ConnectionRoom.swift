//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import NIOCore
import Synchronization

// How many connections there may be: each holds a file descriptor, of which a process on Lambda has 1,024.
final class ConnectionRoom: Sendable {
    struct Full: Error {}

    private let left: Mutex<Int>

    init(_ count: Int) {
        left = Mutex(count)
    }

    func enter(_ channel: any Channel) throws(Full) {
        let isFull = left.withLock { left in
            if left == 0 { return true }
            left -= 1
            return false
        }
        if isFull { throw Full() }
        channel.closeFuture.whenComplete { _ in self.left.withLock { $0 += 1 } }
    }
}
