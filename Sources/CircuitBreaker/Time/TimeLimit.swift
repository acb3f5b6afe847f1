//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// Work with a time limit. It begins at once, in the caller's turn, and only what suspends needs a task to itself and the alarm.
struct TimeLimit: Sendable {
    var milliseconds: Int64
    var alarm: Alarm
    // Whether the work is cancelled when the caller is.
    var passesCancellationOn = true

    // The work's value; nil when the limit came first: then it is cancelled and left to itself, even if it does not heed that.
    func run<Value: Sendable>(_ work: @escaping @Sendable () async -> Value) async -> Value? {
        let shot = OneShot<Value>()
        let worker = startAtOnce { shot.resume(returning: await work()) }
        return await first(shot, worker)
    }

    // The same, but returns when the work has ended; `isOver` is told when the limit came first.
    func runToItsEnd<Value: Sendable>(
        _ work: @escaping @Sendable () async -> Value,
        isOver: () async -> Void
    ) async -> Value? {
        let shot = OneShot<Value>()
        let worker = startAtOnce { shot.resume(returning: await work()) }
        let value = await first(shot, worker)
        if value == nil { await isOver() }
        await worker.value
        return value
    }

    private func first<Value: Sendable>(_ shot: OneShot<Value>, _ worker: Task<Void, Never>) async -> Value? {
        if let value = shot.take() { return value }
        alarm.set(shot, after: milliseconds)
        let value = await withTaskCancellationHandler {
            await shot.value()
        } onCancel: {
            if passesCancellationOn { worker.cancel() }
        }
        alarm.cancel(shot)
        if value == nil { worker.cancel() }
        return value
    }

    private func startAtOnce(_ work: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        if #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *) {
            Task.immediate { await work() }
        } else {
            Task { await work() }
        }
    }
}
