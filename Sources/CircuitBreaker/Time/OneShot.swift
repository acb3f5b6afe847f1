//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Synchronization

// A value that arrives once, whoever brings it first, for one who waits.
final class OneShot<Value: Sendable>: Sendable {
    private enum State {
        case pending
        case waiting(CheckedContinuation<Value, Never>)
        case arrived(Value)
        case taken
    }

    private let state = Mutex(State.pending)

    func resume(returning value: Value) {
        let waiter: CheckedContinuation<Value, Never>? = state.withLock { state in
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

    // To be awaited by one task, once.
    func value() async -> Value {
        await withCheckedContinuation { continuation in
            let value: Value? = state.withLock { state in
                guard case .arrived(let value) = state else {
                    state = .waiting(continuation)
                    return nil
                }
                state = .taken
                return value
            }
            if let value { continuation.resume(returning: value) }
        }
    }
}

// The work's value, or nil when the limit came first: then the work is cancelled and left to itself, even if it does not heed that.
func first<Value: Sendable>(
    within limit: Duration,
    clock: any CircuitClock,
    passesCancellationOn: Bool,
    _ work: @escaping @Sendable () async -> Value
) async -> Value? {
    let shot = OneShot<Value?>()
    let worker = Task { shot.resume(returning: await work()) }
    let timer = Task {
        guard (try? await clock.sleep(for: limit)) != nil else { return }
        shot.resume(returning: nil)
    }
    let value = await withTaskCancellationHandler {
        await shot.value()
    } onCancel: {
        if passesCancellationOn { worker.cancel() }
    }
    timer.cancel()
    if value == nil { worker.cancel() }
    return value
}
