//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Synchronization

// A value that arrives once, whoever brings it first, for one who waits; nil when the alarm that it is set on rings first.
final class OneShot<Value: Sendable>: Alarm.Entry, @unchecked Sendable {
    private enum State {
        case pending
        case waiting(UnsafeContinuation<Value?, Never>)
        case arrived(Value?)
        case taken
    }

    // @unchecked above: this is all that the class adds, and it has a lock of its own.
    private let state = Mutex(State.pending)

    func resume(returning value: Value?) {
        let waiter: UnsafeContinuation<Value?, Never>? = state.withLock { state in
            switch state {
            case .pending:
                state = .arrived(value)
                return nil
            case .waiting(let continuation):
                state = .taken
                return continuation
            case .arrived, .taken:
                return nil
            }
        }
        waiter?.resume(returning: value)
    }

    override func ring() {
        resume(returning: nil)
    }

    // What has arrived already. Nothing arrives any more after that.
    func take() -> Value?? {
        state.withLock { state in
            guard case .arrived(let value) = state else { return nil }
            state = .taken
            return .some(value)
        }
    }

    // To be awaited by one task, once.
    func value() async -> Value? {
        await withUnsafeContinuation { continuation in
            let arrived: Value?? = state.withLock { state in
                guard case .arrived(let value) = state else {
                    state = .waiting(continuation)
                    return nil
                }
                state = .taken
                return .some(value)
            }
            if let arrived { continuation.resume(returning: arrived) }
        }
    }
}
