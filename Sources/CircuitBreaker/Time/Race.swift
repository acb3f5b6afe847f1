//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Synchronization

// Whether a task ends or the alarm rings first, for one who waits.
@usableFromInline
final class Race: Alarm.Entry, @unchecked Sendable {
    private enum State {
        case running
        case waitedFor(UnsafeContinuation<Bool, Never>)
        case ended
        case rung
    }

    // @unchecked above: this is all that the class adds, and it has a lock of its own.
    private let state = Mutex(State.running)

    // The task has ended.
    @usableFromInline
    func end() {
        settle(.ended)
    }

    override func ring() {
        settle(.rung)
    }

    private func settle(_ result: State) {
        let waiter: UnsafeContinuation<Bool, Never>? = state.withLock { state in
            switch state {
            case .running:
                state = result
                return nil
            case .waitedFor(let continuation):
                state = result
                return continuation
            case .rung:
                // It may still end before the one who waits has had its turn.
                state = result
                return nil
            case .ended:
                return nil
            }
        }
        waiter?.resume(returning: hasEnded)
    }

    private var hasEnded: Bool {
        state.withLock { if case .ended = $0 { true } else { false } }
    }

    // Whether the task ended first. To be awaited by one task, once.
    private func result() async -> Bool {
        await withUnsafeContinuation { continuation in
            let known: Bool? = state.withLock { state in
                switch state {
                case .ended: return true
                case .rung: return false
                case .running, .waitedFor:
                    state = .waitedFor(continuation)
                    return nil
                }
            }
            if let known { continuation.resume(returning: known) }
        }
    }

    // Whether `end` is called within so many milliseconds, or while all others have had so many turns after that.
    func hasEnded(within limit: Int64, on alarm: Alarm, turns: Int = 0, onCancel: @Sendable () -> Void) async -> Bool {
        if hasEnded { return true }
        alarm.set(self, after: limit)
        var isOver = await withTaskCancellationHandler {
            await result()
        } onCancel: {
            onCancel()
        }
        alarm.cancel(self)
        for _ in 0..<turns where !isOver {
            await Task.yield()
            isOver = hasEnded
        }
        return isOver
    }

    // Whether a worker, which calls `end`, ends within a limit; if not it is cancelled.
    @usableFromInline
    func isWon(by worker: Task<Void, Never>, within limit: TimeLimit) async -> Bool {
        let isWon = await hasEnded(within: limit.milliseconds, on: limit.alarm, turns: limit.turns) {
            if limit.passesCancellationOn { worker.cancel() }
        }
        if !isWon { worker.cancel() }
        return isWon
    }

    // Begins at once, in the caller's turn: only what suspends needs a task to itself.
    @usableFromInline
    static func start(_ work: sending @escaping @isolated(any) () async -> Void) -> Task<Void, Never> {
        if #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *) {
            Task.immediate(operation: work)
        } else {
            Task(operation: work)
        }
    }
}

// Where a task leaves its value for the one who waits for its end.
@usableFromInline
final class Place<Value: Sendable>: @unchecked Sendable {
    // @unchecked: written before the race has ended, read after it.
    @usableFromInline var value: Value?

    @usableFromInline
    init() {}
}
