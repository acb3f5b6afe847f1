//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Logging
import Synchronization

// A store that is lost is lost to all circuits of a registry: the first to notice says so, and the first to reach it again.
final class StoreLossLog: Sendable {
    private let reported = Mutex<Set<StoreError.Code>>([])

    func levelOfLoss(_ error: StoreError) -> Logger.Level {
        let isNew = reported.withLock { $0.insert(error.code).inserted }
        // That one record is unreadable says nothing about the others.
        return isNew || error.code == .unreadable ? .warning : .debug
    }

    func levelOfReturn() -> Logger.Level {
        reported.withLock { reported in
            defer { reported = [] }
            return reported.isEmpty ? .debug : .info
        }
    }
}
