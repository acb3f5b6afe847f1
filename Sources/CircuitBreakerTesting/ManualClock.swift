//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
public import CircuitBreaker
import Synchronization

/// A clock that stands still until a test moves it.
///
/// ```swift
/// let clock = ManualClock()
/// let breaker = try CircuitBreaker("payments", clock: clock)
/// clock.advance(by: .seconds(10))
/// ```
public final class ManualClock: CircuitClock {
    private struct Sleeper {
        var number: Int
        var deadline: Duration
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct Watcher {
        var count: Int
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var now: Timestamp
        var uptime = Duration.zero
        var sleepersSoFar = 0
        var sleepers: [Sleeper] = []
        var cancelled: Set<Int> = []
        var watchers: [Watcher] = []

        mutating func takeWatchers() -> [CheckedContinuation<Void, Never>] {
            let count = sleepers.count
            defer { watchers.removeAll { $0.count <= count } }
            return watchers.filter { $0.count <= count }.map(\.continuation)
        }
    }

    private let state: Mutex<State>

    /// Creates a clock.
    /// - Parameter now: the time it shows at first.
    public init(now: Timestamp = Timestamp(milliseconds: 1_800_000_000_000)) {
        state = Mutex(State(now: now))
    }

    /// The time it shows.
    public var now: Timestamp { state.withLock { $0.now } }

    /// How much time has passed since it was created: setting it back takes nothing away.
    public var uptime: Duration { state.withLock { $0.uptime } }

    /// One millisecond.
    public var minimumResolution: Duration { .milliseconds(1) }

    /// How many tasks sleep on this clock now.
    public var sleeping: Int { state.withLock { $0.sleepers.count } }

    /// Lets time pass, and wakes those whose time has come, the earliest first.
    /// - Parameter duration: how much; a negative duration sets the clock back, as may happen to a wall clock: no time passes, and no sleep is longer for it.
    public func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.now = state.now.advanced(by: duration)
            state.uptime += max(.zero, duration)
            let uptime = state.uptime
            let due = state.sleepers.filter { $0.deadline <= uptime }.sorted { ($0.deadline, $0.number) < ($1.deadline, $1.number) }
            state.sleepers.removeAll { $0.deadline <= uptime }
            return due
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    /// Waits until the clock is moved to a point in time.
    /// - Parameters:
    ///   - deadline: when to go on.
    ///   - tolerance: ignored.
    /// - Throws: `CancellationError` when the task is cancelled.
    public func sleep(until deadline: Timestamp, tolerance: Duration?) async throws {
        try await sleep { $0.uptime + $0.now.duration(to: deadline) }
    }

    /// Waits until so much time has passed since the clock was created.
    /// - Parameter deadline: the ``uptime`` at which to go on.
    /// - Throws: `CancellationError` when the task is cancelled.
    public func sleep(untilUptime deadline: Duration) async throws {
        try await sleep { _ in deadline }
    }

    private func sleep(until deadline: @Sendable (State) -> Duration) async throws {
        let number = state.withLock { state in
            state.sleepersSoFar += 1
            return state.sleepersSoFar
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let (outcome, watchers): (Result<Void, any Error>?, [CheckedContinuation<Void, Never>]) = state.withLock { state in
                    if state.cancelled.remove(number) != nil { return (.failure(CancellationError()), []) }
                    let wakesAt = deadline(state)
                    if wakesAt <= state.uptime { return (.success(()), []) }
                    state.sleepers.append(Sleeper(number: number, deadline: wakesAt, continuation: continuation))
                    return (nil, state.takeWatchers())
                }
                if let outcome { continuation.resume(with: outcome) }
                for watcher in watchers { watcher.resume() }
            }
        } onCancel: {
            let sleeper: Sleeper? = state.withLock { state in
                guard let index = state.sleepers.firstIndex(where: { $0.number == number }) else {
                    state.cancelled.insert(number)
                    return nil
                }
                return state.sleepers.remove(at: index)
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
        // A cancellation that came after the wake-up left its mark behind.
        state.withLock { _ = $0.cancelled.remove(number) }
    }

    /// Waits until at least so many tasks sleep on this clock, so that a test can advance it without racing them.
    /// - Parameter count: how many.
    public func untilSleeping(_ count: Int = 1) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.sleepers.count >= count { return true }
                state.watchers.append(Watcher(count: count, continuation: continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }
}
