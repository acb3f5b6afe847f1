//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

// The thread sanitizer does not see the futex of Synchronization's Mutex on Linux, and reports each access under it as a race.
// `make test-sanitized` puts this one in its place: the same critical sections, under a lock that the sanitizer knows.
#if THREAD_SANITIZER
    import Glibc

    // @unchecked: the value is only reached while the lock is held.
    package final class SanitizedMutex<Value>: @unchecked Sendable {
        private let lock: UnsafeMutablePointer<pthread_mutex_t>
        private var value: Value

        package init(_ value: sending Value) {
            self.value = value
            lock = .allocate(capacity: 1)
            pthread_mutex_init(lock, nil)
        }

        deinit {
            pthread_mutex_destroy(lock)
            lock.deallocate()
        }

        package func withLock<Result, Failure: Error>(_ body: (inout sending Value) throws(Failure) -> sending Result) throws(Failure)
            -> sending Result
        {
            pthread_mutex_lock(lock)
            defer { pthread_mutex_unlock(lock) }
            return try body(&value)
        }
    }

    typealias Mutex<Value> = SanitizedMutex<Value>
#endif
